"""What files do to the database: new, changed, unchanged; twice; in any order; halfway."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from caseflow.cases import services
from caseflow.cases.models import Case, CaseEvent, Placement, WageCost
from caseflow.cases.terms import EventKind, ExitOutcome, PlacementKind, Stage
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.imports import placing
from caseflow.imports.kinds import IDENTITY, FileKind
from caseflow.imports.known import IMPORT_LOCK
from caseflow.imports.services import import_files
from caseflow.jobs.models import Job
from caseflow.people.models import AssistancePayment, Protection
from caseflow.security.permissions import SYSTEM, Role
from tests import factories
from tests.conftest import empty
from tests.factories import number_for
from tests.imports.files import ANNA, OMAR, Files, csv_files, row_counts, send, send_set, small_set
from tests.imports.snapshot import content, every


def case_of(external_id: str) -> Case:
    return db.session.scalars(select(Case).where(Case.external_id == external_id)).one()


def voided(case: Case) -> list[tuple[EventKind, date, str | None]]:
    return [(event.kind, event.occurred_on, event.void_reason) for event in case.events if event.voided_at]


def test_all_nine_kinds_become_cases_with_their_logs(app: Flask) -> None:
    report = send_set(small_set())
    assert report.is_clean, report.refused
    assert report.applied
    assert report.total.new == report.total.read == 23
    first, second, third = case_of("A1"), case_of("A2"), case_of("A3")
    assert [case.number for case in (first, second, third)] == ["2019-0001", "2020-0001", "2020-0002"]
    assert (first.stage, second.stage, third.stage) == (Stage.EXIT_STUDIES, Stage.PLACEMENT, Stage.REFERRED)
    assert [event.kind for event in sorted(first.events, key=lambda event: event.fact.order)] == [
        EventKind.FIRST_CONTACT,
        EventKind.APPLICATION,
        EventKind.DECISION,
        EventKind.REFERRED,
        EventKind.ACCEPTED,
        EventKind.FIRST_MEETING,
        EventKind.ASSESSED,
        EventKind.PLACEMENT_STARTED,
        EventKind.PLACEMENT_ENDED,
        EventKind.PLACEMENT_STARTED,
        EventKind.ASSESSED,
        EventKind.PLACEMENT_ENDED,
        EventKind.EXITED,
    ]
    assert [member.programme.code for member in first.programmes] == ["500-uppdraget"]
    assert first.participant is second.participant
    assert third.participant.protected
    assert second.placements[0].workplace.label == "Testföreningen"
    exit = first.events[-1]
    assert (exit.outcome, exit.household_effect) == (ExitOutcome.STUDIES, "unchanged")


def test_reading_the_same_files_twice_changes_nothing(app: Flask) -> None:
    send_set(small_set())
    counts, before = row_counts(), content()
    report = send_set(small_set())
    assert report.is_clean
    assert report.total.unchanged == report.total.read == 23
    assert row_counts() == counts
    assert content() == before


def test_the_measures_are_computed_anew_once_when_something_has_changed(app: Flask) -> None:
    send_set(small_set())
    assert [job.task for job in every(Job)] == ["measures.rebuild"]


def test_a_dry_run_gives_the_same_report_and_changes_nothing(app: Flask) -> None:
    counts = row_counts()
    files = small_set()
    files["handelser"][1]["datum"] = "2019-01-31"
    dry = send_set(files, dry_run=True)
    assert row_counts() == counts
    real = send_set(files)
    assert (dry.files, dry.refused, dry.unreadable) == (real.files, real.refused, real.unreadable)
    assert (dry.applied, real.applied) == (False, True)
    assert real.total.refused > 0


def test_strict_is_all_or_nothing(app: Flask) -> None:
    counts = row_counts()
    files = small_set()
    files["skattningar"][0]["varde"] = "9"
    report = send_set(files, strict=True)
    assert (report.applied, report.total.refused, report.total.new) == (False, 1, 22)
    assert row_counts() == counts
    assert send_set(small_set(), strict=True).applied


def test_a_crash_in_the_last_phase_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = row_counts()

    def crash(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(placing, "read_wage_costs", crash)
    with pytest.raises(RuntimeError):
        send_set(small_set())
    db.session.rollback()
    assert row_counts() == counts


def test_files_may_come_one_by_one_in_the_order_of_what_they_need(app: Flask) -> None:
    # Without Anna's second case: it cannot come before the exit from her first.
    files = {name: [row for row in rows if row.get("anvisning_id") != "A2"] for name, rows in small_set().items()}
    send_set(files)
    whole = content()
    empty_database()
    for name, rows in files.items():
        assert send_set({name: rows}).is_clean
    apart = content()
    # Taken in at several times, a case has had more versions and its events stand in the order of the files.
    for part in ("households", "participants", "payments", "workplaces", "scores", "costs"):
        assert apart[part] == whole[part]
    assert [case[:11] for case in apart["cases"]] == [case[:11] for case in whole["cases"]]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), damages=st.integers(0, 6))
def test_any_order_of_files_and_rows_leads_to_the_same_database_and_once_is_enough(
    app: Flask, seed: int, damages: int
) -> None:
    chance = random.Random(seed)
    files = small_set()
    for _ in range(damages):
        damage(files, chance)
    empty_database()
    report = send_set(files)
    expected = content()
    assert send_set(files).total.changed == 0
    assert content() == expected
    empty_database()
    for rows in files.values():
        chance.shuffle(rows)
    shuffled = csv_files(files)
    chance.shuffle(shuffled)
    dry = send(shuffled, dry_run=True)
    assert send(shuffled).total == dry.total == report.total
    assert content() == expected


def damage(files: Files, chance: random.Random) -> None:
    """Take a row away, or spoil a cell; what tells rows apart is let be, for then the first of two would win."""
    kind = chance.choice([kind for kind in FileKind if files[kind.value]])
    rows = files[kind.value]
    row = chance.choice(rows)
    if chance.random() < 0.3 and len(rows) > 1:
        rows.remove(row)
        return
    column = chance.choice([column for column in row if column not in IDENTITY[kind]] or list(row))
    others = {other[column] for other in rows}
    if column not in IDENTITY[kind]:
        row[column] = chance.choice(sorted({"", "x", "75", "2019-03-20", "2020-04-15"} | others))


def empty_database() -> None:
    empty(keep={"unit", "programme", "programme_budget", "programme_goal", "target", "assessment_area"})
    db.session.expunge_all()


def test_a_changed_day_is_a_visible_correction(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["handelser"][1]["datum"] = "2019-02-12"
    report = send_set({"handelser": files["handelser"]})
    assert (report.total.changed, report.total.unchanged) == (1, 3)
    case = case_of("A1")
    assert voided(case) == [(EventKind.FIRST_MEETING, date(2019, 2, 11), "Ändrad i fil handelser.csv")]
    replacement = next(event for event in case.valid_events if event.kind == EventKind.FIRST_MEETING)
    assert (replacement.occurred_on, replacement.note) == (date(2019, 2, 12), "Bra samtal")
    assert replacement.replaces is not None
    assert case.state.milestones[EventKind.FIRST_MEETING] == date(2019, 2, 12)


def test_days_that_can_only_move_together_move_together(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["anvisningar"][1]["anvisad"] = "2020-03-20"
    files["handelser"][2]["datum"] = "2020-03-21"
    files["handelser"][3]["datum"] = "2020-03-23"
    report = send_set(files)
    assert report.is_clean, report.refused
    assert report.total.changed == 3
    assert case_of("A2").referred_on == date(2020, 3, 20)


def test_a_moved_referral_moves_its_time_in_the_programme(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["anvisningar"][0]["anvisad"] = "2019-02-02"
    files["anvisningar"][0]["program"] = "500-uppdraget|VISA"
    send_set(files)
    members = [(member.programme.code, member.from_on, bool(member.voided_at)) for member in case_of("A1").programmes]
    assert sorted(members) == [
        ("500-uppdraget", date(2019, 2, 1), True),
        ("500-uppdraget", date(2019, 2, 2), False),
        ("visa", date(2019, 2, 2), False),
    ]


def test_a_changed_sum_voids_the_old_one(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["utbetalningar"][1]["belopp"] = "9661"
    files["lonekostnader"][0]["af_bidrag"] = "17000"
    report = send_set(files)
    assert report.total.changed == 2
    paid = [
        row for row in every(AssistancePayment) if row.month_on == date(2019, 2, 1) and row.household.number == "H1"
    ]
    assert sorted((row.paid_kr, bool(row.voided_at)) for row in paid) == [(9660, True), (9661, False)]
    costs = [row for row in every(WageCost) if row.month_on == date(2019, 6, 1)]
    assert sorted((row.af_kr, bool(row.voided_at)) for row in costs) == [(17000, False), (17259, True)]


def test_changed_facts_of_a_placement_make_a_new_one_that_keeps_events_and_costs(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["placeringar"][1] |= {"arbetsplats": "Nya testskolan", "omfattning_procent": "80", "slut": "2019-12-30"}
    report = send_set(files)
    assert report.is_clean, report.refused
    assert report.total.changed == 1
    assert len(voided(case_of("A1"))) == 2
    placement = db.session.scalars(select(Placement).where(Placement.external_id == "P2")).one()
    assert (placement.kind, placement.percent) == (PlacementKind.SUBSIDISED_EMPLOYMENT, 80)
    assert placement.workplace.name == "Nya testskolan"
    assert len(placement.wage_costs) == 2
    counts = row_counts()
    assert send_set(files).total.changed == 0
    assert row_counts() == counts


def test_an_end_that_comes_later_ends_the_placement_that_is_there(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["placeringar"][2]["slut"] = "2020-10-30"
    report = send_set(files)
    assert report.total.changed == 1
    assert case_of("A2").stage == Stage.ASSESSMENT
    assert voided(case_of("A2")) == []


def test_a_later_score_joins_the_assessment_of_its_day(app: Flask) -> None:
    send_set(small_set())
    scores = small_set()["skattningar"]
    scores[0]["varde"] = "1"
    scores.append(scores[0] | {"omrade": "Samarbete", "varde": "5"})
    report = send_set({"skattningar": scores})
    assert (report.total.new, report.total.changed, report.total.unchanged) == (1, 1, 2)
    event = next(event for event in case_of("A1").valid_events if event.kind == EventKind.ASSESSED)
    assert event.assessment is not None
    scored = {score.area.name: score.value for score in event.assessment.scores}
    assert scored == {"Hälsa och ork": 1, "Digital vana": 3, "Samarbete": 5}


def test_an_exit_is_corrected_in_place(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["avslut"][0]["utfall"] = "arbete"
    assert send_set(files).total.changed == 1
    assert case_of("A1").stage == Stage.EXIT_WORK
    assert [kind for kind, _, _ in voided(case_of("A1"))] == [EventKind.EXITED]


def test_an_event_says_who_read_it_in(app: Flask) -> None:
    manager = factories.make_user(Role.MANAGER, None)
    import_files(csv_files(small_set()), actor=manager.actor)
    db.session.commit()
    assert {event.recorded_by_id for event in every(CaseEvent)} == {manager.id}


def test_a_case_of_the_programs_own_is_not_the_one_that_a_file_calls_by_the_same_number(app: Flask) -> None:
    own = factories.make_case(date(2018, 2, 1))
    number = own.number
    files = small_set()
    for rows in files.values():
        for row in rows:
            if row.get("anvisning_id") == "A3":
                row["anvisning_id"] = number
    assert send_set(files).is_clean
    assert [case.external_id for case in every(Case) if case.number == number] == [None]
    assert case_of(number).participant.protected


def test_an_old_exit_sent_again_leaves_a_reopened_case_open_and_a_later_one_closes_it(app: Flask) -> None:
    files = small_set()
    for name in files:
        files[name] = [row for row in files[name] if row.get("anvisning_id") != "A2"]
    send_set(files)
    counsellor = factories.make_user(Role.COUNSELLOR, "AMC")
    services.reopen(counsellor.actor, case_of("A1"), date(2020, 3, 1), "Studierna blev inte av")
    db.session.commit()
    assert send_set(files).total.unchanged > 0
    assert case_of("A1").stage == Stage.ASSESSMENT
    files["avslut"][0] |= {"datum": "2020-05-04", "utfall": "arbete"}
    assert send_set(files).total.new == 1
    assert case_of("A1").stage == Stage.EXIT_WORK
    assert voided(case_of("A1")) == []


def test_what_files_know_of_is_read_in_as_many_statements_for_many_cases_as_for_few(app: Flask) -> None:
    few, many = copies(2), copies(12)
    send_set(many)
    assert statements(lambda: send_set(few)) == statements(lambda: send_set(many))


def copies(count: int) -> Files:
    """The small set several times over, about different people."""
    whole: Files = {name: [] for name in small_set()}
    for place in range(count):
        numbers = {ANNA: number_for(date(1980, 1, 1 + place)), OMAR: number_for(date(1981, 1, 1 + place), Sex.MAN)}
        for name, rows in small_set().items():
            whole[name] += [{column: _copied(column, row[column], place, numbers) for column in row} for row in rows]
    return whole


def _copied(column: str, cell: str, place: int, numbers: dict[str, str]) -> str:
    if column == "personnummer":
        return numbers[cell]
    return f"{cell}-{place}" if column in ("hushallsnr", "anvisning_id", "placering_id") else cell


def statements(work: Callable[[], object]) -> int:
    """How many statements the work sends to the database."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


def test_an_import_waits_for_the_one_before_it(app: Flask) -> None:
    with db.engine.begin() as other:
        other.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": IMPORT_LOCK})
        db.session.execute(text("SET LOCAL statement_timeout = '200ms'"))
        with pytest.raises(OperationalError, match="statement timeout"):
            import_files(csv_files(small_set()), actor=SYSTEM)
        db.session.rollback()
    assert send_set(small_set()).is_clean


def test_where_somebody_lives_is_not_read_in(app: Flask) -> None:
    files = small_set()
    for row in files["deltagare"]:
        row |= {"adress": "Hemliga gatan 7", "postnummer": "58220"}
    report = send_set(files)
    notes = [note for file in report.files for note in file.notes]
    assert "Kolumnen adress är okänd och läses inte." in notes
    assert "Hemliga gatan" not in content()


def test_a_file_says_which_protection_somebody_has_and_a_plain_yes_keeps_the_stronger(app: Flask) -> None:
    files = small_set()
    known = {}
    for said in ("ja", "skyddad folkbokföring", "Ja", "", "nej", "Sekretessmarkering"):
        files["deltagare"][0]["skyddad"] = said
        assert send_set(files).is_clean
        known[said] = case_of("A1").participant.protection
    assert list(known.values()) == [
        Protection.MARKING,
        Protection.REGISTRATION,
        Protection.REGISTRATION,
        Protection.REGISTRATION,
        Protection.NONE,
        Protection.MARKING,
    ]
