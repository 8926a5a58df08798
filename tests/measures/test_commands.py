"""The commands: JSON for reports, plain sentences for wrong arguments, and a check that finds what is broken."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text

from caseflow.cases.models import CaseEvent
from caseflow.cases.terms import PlacementKind
from caseflow.extensions import db
from caseflow.measures import services
from tests import factories

KEYS = {
    "n", "mean_days", "median_days", "p90_days", "share_within_target", "target_days", "km_median_days", "km_low",
    "km_high", "open_n", "open_median_age_days",
}  # fmt: skip
W3_2020 = ["report", "ledtider", "--wait", "W3", "--from", "2020-01-01", "--to", "2020-12-31", "--format", "json"]


def invoke(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def test_lead_times_come_as_json_per_group(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    answer = json.loads(invoke(app, *W3_2020).stdout)
    for group in (
        answer["total"],
        answer["women"],
        answer["men"],
        answer["units"]["AMC"],
        answer["units"]["AMC"]["men"],
    ):
        assert set(group) >= KEYS
    assert (answer["total"]["n"], answer["total"]["mean_days"], answer["men"]["n"]) == (1, 10, 0)
    assert (answer["as_of"], answer["known_at"]) == ("2020-12-01", None)


def test_a_report_needs_no_job_to_have_run(app: Flask) -> None:
    factories.make_case(date(2020, 6, 1))
    assert json.loads(invoke(app, *W3_2020).stdout)["total"]["open_n"] == 1


def test_lead_times_can_be_cut_off_and_narrowed(app: Flask) -> None:
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11), programmes=["VISA"])
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 21), to_unit="OSA")

    def total(*more: str) -> tuple[int, float | None]:
        answer = json.loads(invoke(app, *W3_2020, *more).stdout)
        return answer["total"]["n"], answer["total"]["mean_days"]

    assert total("--as-of", "2020-06-15") == (1, 10)
    assert total("--unit", "OSA") == (1, 20)
    assert total("--programme", "VISA") == (1, 10)
    assert total("--known-at", "2020-11-30") == (0, None)
    assert total("--known-at", "2020-12-01") == (2, 15)


def test_the_programmes_report_comes_as_json(app: Flask) -> None:
    answer = json.loads(invoke(app, "report", "500-uppdraget", "--as-of", "2020-11-30", "--format", "json").stdout)
    assert answer["placements"]["total"]["total"] == {"women": 0, "men": 0, "total": 0}
    assert answer["employment_cost"]["2019"] == {"wage": 0, "programme": 0, "af": 0, "net": 0}
    assert answer["households_left"]["months_mean"] is None
    assert {"to_studies", "avoided_kr", "topup_month_kr", "topup_year_kr", "avoided_total_kr", "net_effect_kr"} <= set(
        answer
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--wait", "W9", "--from", "2020-01-01", "--to", "2020-12-31"],
            "W9 är ingen ledtid. Välj en av W1, W2, W3, W4",
        ),
        (
            ["--wait", "W3", "--from", "2020-13-01", "--to", "2020-12-31"],
            "2020-13-01 är inget datum. Skriv det som 2020-",
        ),
        (["--wait", "W3", "--from", "2020-12-31", "--to", "2020-01-01"], "Perioden slutar 2020-01-01, före sin början"),
        (["--wait", "W3", "--from", "2020-01-01"], "Ange --to."),
        (["--wait", "W3", "--from", "2020-01-01", "--to"], "--to kräver ett värde."),
        (["--wait", "W3", "--from", "2020-01-01", "--to", "2020-12-31", "--unit", "ABC"], "Enheten ABC finns inte."),
        (
            ["--wait", "W3", "--from", "2020-01-01", "--to", "2020-12-31", "--programme", "ABC"],
            "Programmet ABC finns in",
        ),
        (["--wait", "W3", "--from", "2020-01-01", "--to", "2020-12-31", "--format", "doc"], "doc är inget format."),
        (["--wait", "W3", "--from", "2020-01-01", "--to", "2020-12-31", "--known-at", "x"], "x är ingen tidpunkt."),
        (["--strunt"], "Det finns inget val --strunt."),
    ],
)
def test_a_wrong_argument_ends_in_one_sentence(app: Flask, arguments: list[str], sentence: str) -> None:
    result = invoke(app, "report", "ledtider", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_rebuild_says_what_it_does(app: Flask) -> None:
    result = invoke(app, "measures", "rebuild")
    assert result.exit_code == 0
    assert "1 av 7: väntetider" in result.stderr
    assert result.stderr.endswith("Alla mått är räknade.\n")


def sound_case() -> None:
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    factories.start_placement(case, date(2020, 7, 1), PlacementKind.SUBSIDISED_EMPLOYMENT)


def test_a_sound_database_passes_the_check(app: Flask) -> None:
    sound_case()
    result = invoke(app, "check")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE cases SET stage = 'referred'", "Ärende 2020-0001: etapp är"),
        ("UPDATE cases SET closed_on = '2020-08-01'", "Ärende 2020-0001: stängt är 2020-08-01"),
        (
            "UPDATE case_event SET occurred_on = '2020-05-01' WHERE kind = 'first_meeting'",
            "Ärende 2020-0001: Första möte 2020-05-01 kan inte ligga före anvisningen 2020-06-01.",
        ),
        (
            "INSERT INTO placement (case_id, kind, workplace_id, percent, supervisor)"
            " SELECT case_id, kind, workplace_id, 60, '' FROM placement;"
            "INSERT INTO case_event (case_id, kind, occurred_on, sequence, recorded_at, note, placement_id)"
            " SELECT case_id, kind, '2020-08-01', 99, recorded_at, '', 2 FROM case_event"
            " WHERE kind = 'placement_started'",
            "Ärende 2020-0001: placeringarna är 110 % tillsammans 2020-08-01.",
        ),
        (
            "INSERT INTO wage_cost (placement_id, month_on, wage_kr, af_kr, programme_kr, recorded_at)"
            " VALUES (1, '2020-07-01', 100, 90, 20, now())",
            "Ärende 2020-0001: lönekostnaden 100.00 kr för 2020-07",
        ),
        (
            "INSERT INTO assistance_payment (household_id, month_on, paid_kr, recorded_at)"
            " VALUES (1, '2021-01-01', 9, now())",
            "utbetalningen för 2021-01 ligger i framtiden.",
        ),
        (
            "INSERT INTO cases"
            " (number, participant_id, from_unit_id, to_unit_id, created_at, version, stage, referred_on)"
            " SELECT 'X', participant_id, from_unit_id, to_unit_id, created_at, 1, 'referred', '2020-10-01'"
            " FROM cases",
            "Ärendena 2020-0001 och X hör till samma deltagare och överlappar.",
        ),
        ("UPDATE case_wait SET began_on = began_on - 1 WHERE wait = 'W3'", "Ärende 2020-0001: W3 är inte omräknad."),
        ("DELETE FROM case_wait WHERE wait = 'W4'", "Ärende 2020-0001: W4 är inte omräknad."),
    ],
)
def test_the_check_finds_what_is_broken(app: Flask, damage: str, sentence: str) -> None:
    sound_case()
    invoke(app, "measures", "rebuild")
    db.session.execute(text("UPDATE job SET status = 'done'"))
    db.session.execute(text(damage))
    db.session.commit()
    result = invoke(app, "check")
    assert result.exit_code == 1
    assert sentence in result.stdout


def test_a_case_that_a_job_is_about_to_compute_is_not_called_broken(app: Flask) -> None:
    sound_case()
    invoke(app, "measures", "rebuild")
    db.session.execute(text("DELETE FROM case_wait"))
    db.session.commit()
    assert invoke(app, "check").exit_code == 0


def test_a_rebuild_begins_with_a_look_at_the_tables(app: Flask) -> None:
    """What an import has just filled, the planner would else take for empty."""
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
    known = text("SELECT reltuples FROM pg_class WHERE relname = 'case_event'")
    services.rebuild()
    assert db.session.scalar(known) == db.session.scalar(select(func.count(CaseEvent.id)))
