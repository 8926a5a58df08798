"""The review of the log: drawn by a seed and by risk, asked about, marked, signed off, and never by oneself."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.core.errors import NotAllowed, NotFound, RuleBroken
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.organisation.queries import get_unit
from caseflow.people.models import Participant
from caseflow.privacy import review_draw, review_services
from caseflow.privacy.review_models import LogReview, Reason, Verdict
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.permissions import Role
from tests import factories
from tests.privacy.conftest import signed_in

NOVEMBER = date(2020, 11, 1)


@pytest.fixture
def karin(app: Flask) -> User:
    return factories.make_user(Role.COUNSELLOR, "AMC", "Karin Lindqvist")


@pytest.fixture
def boss(app: Flask) -> User:
    return factories.make_user(Role.MANAGER, "AMC", "Annika Brodén")


def amc() -> int:
    return get_unit("AMC").id


def reads(
    user: User,
    person: Participant,
    monkeypatch: pytest.MonkeyPatch,
    on: str = "2020-11-10",
    at_night: bool = False,
    case_id: int | None = None,
    kind: AccessKind = AccessKind.OPENED_CASE,
) -> None:
    """The user reads about the person in the daytime of the day, or at night."""
    from datetime import UTC, datetime

    from caseflow.core import clock

    when = datetime.fromisoformat(f"{on}T{'22:30' if at_night else '12:00'}").replace(tzinfo=UTC)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: when)
        log_access(user.actor, kind, participant_id=person.id, case_id=case_id)
        db.session.commit()


def case_of(karin: User, name: tuple[str, str] = ("Ada", "Ask")) -> Participant:
    """Somebody whom Karin works with."""
    case = factories.make_met_case(
        date(2020, 6, 1), date(2020, 6, 8), karin, participant=factories.make_participant(name=name)
    )
    return case.participant


def reasons_of(unit_id: int | None, of_managers: bool = False) -> dict[int, list[str]]:
    return {one.participant_id: one.reasons for one in review_draw.draw(unit_id, of_managers, NOVEMBER, "seed")}


def test_a_reading_is_drawn_for_each_of_its_reasons(karin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_user(Role.COUNSELLOR, "AMS", "Nils Torell")
    namesake = case_of(karin, ("Olle", "Lindqvist"))
    colleague = case_of(karin, ("Nils", "Torell"))
    own = case_of(karin, ("Karin", "Lindqvist"))
    member = factories.make_participant(name=("Bo", "Ek"), household=own.household)
    factories.make_met_case(date(2020, 6, 1), date(2020, 6, 8), karin, participant=member)
    stranger = factories.make_case(date(2020, 6, 1)).participant
    at_night, ordinary = case_of(karin), case_of(karin)
    for person in (namesake, colleague, member, stranger, ordinary):
        reads(karin, person, monkeypatch)
    reads(karin, at_night, monkeypatch, at_night=True)
    assert reasons_of(amc()) == {
        namesake.id: [Reason.OWN_NAME],
        colleague.id: [Reason.COLLEAGUE],
        member.id: [Reason.HOUSEHOLD],
        stranger.id: [Reason.NO_RELATION],
        at_night.id: [Reason.NIGHT],
        ordinary.id: [Reason.RANDOM],
    }


def test_only_the_units_readings_of_the_month_are_drawn(karin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    person = case_of(karin)
    elsewhere = factories.make_user(Role.COUNSELLOR, "AMS")
    reads(elsewhere, person, monkeypatch)
    reads(karin, person, monkeypatch, on="2020-10-31")
    assert reasons_of(amc()) == {}
    reads(karin, person, monkeypatch, on="2020-11-30")
    assert list(reasons_of(amc())) == [person.id]


def test_the_same_seed_draws_the_same_sample_and_another_another(karin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2 * review_draw.BY_CHANCE):
        reads(karin, case_of(karin, ("Ada", f"Ask{number}")), monkeypatch)
    drawn = [review_draw.draw(amc(), False, NOVEMBER, seed) for seed in ("one", "one", "other")]
    assert len(drawn[0]) == review_draw.BY_CHANCE
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_a_month_is_asked_about_answered_marked_and_signed_off(
    app: Flask, karin: User, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(karin, case_of(karin), monkeypatch)
    manager, reader = signed_in(app, boss), signed_in(app, karin)
    address = manager.post("/loggranskning", data={"readers": "AMC", "month": "2020-11"}).headers["Location"]
    review = db.session.scalars(select(LogReview)).one()
    question = review.questions[0]
    assert "1 fråga att svara på" in reader.get("/min-sida").text
    reader.post(f"/min-sida/fragor/{question.id}", data={"answer": "Ringde om praktik."})
    assert "Ringde om praktik." in manager.get(address).text

    manager.post(f"{address}/signera")
    db.session.expire_all()
    assert review.signed_at is None
    manager.post(f"/loggranskning/fraga/{question.id}", data={"verdict": "reasonable", "comment": "Stämmer."})
    manager.post(f"{address}/signera")
    db.session.expire_all()
    assert review.signed_at is not None
    karin.name = "Karin Nygift"
    db.session.commit()
    protocol = manager.get(address).text
    assert all(word in protocol for word in ("Karin Lindqvist", "Slumpad", "Ringde om praktik.", "Rimlig", "Stämmer."))


def test_what_is_signed_off_is_not_changed(karin: User, boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(karin, case_of(karin), monkeypatch)
    review = drawn(boss)
    question = review.questions[0]
    review_services.mark(boss.actor, question.id, Verdict.INVESTIGATE, "")
    review_services.sign_off(boss.actor, review.id)
    with pytest.raises(RuleBroken):
        review_services.mark(boss.actor, question.id, Verdict.REASONABLE, "")
    with pytest.raises(RuleBroken):
        review_services.answer(karin.actor, question.id, "För sent.")


def test_a_manager_never_reviews_their_own_readings(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(boss, factories.make_participant(), monkeypatch)
    with pytest.raises(NotAllowed):
        drawn(boss, of_managers=True)
    other = factories.make_user(Role.MANAGER, "AMS")
    review = drawn(other, of_managers=True)
    assert [question.reader_id for question in review.questions] == [boss.id]
    with pytest.raises(NotFound):
        review_services.get_review(boss.actor, review.id)
    # Nor after a move to another unit.
    boss.unit_id = None
    db.session.commit()
    with pytest.raises(NotFound):
        review_services.get_review(boss.actor, review.id)
    assert review_services.list_reviews(boss.actor) == []


def test_another_units_staff_is_for_its_own_manager(karin: User, boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    review = drawn(boss)
    elsewhere = factories.make_user(Role.MANAGER, "AMS")
    with pytest.raises(NotFound):
        drawn(elsewhere)
    with pytest.raises(NotFound):
        review_services.get_review(elsewhere.actor, review.id)


def test_a_question_is_answered_by_its_reader_alone(karin: User, boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    reads(karin, case_of(karin), monkeypatch)
    question = drawn(boss).questions[0]
    with pytest.raises(NotFound):
        review_services.answer(factories.make_user().actor, question.id, "Jag")


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.COUNSELLOR, "/min-dag"),
        (Role.SOCIAL_WORKER, "/anvisningar/skickade"),
        (Role.MANAGER, "/ledtider"),
        (Role.CONTROLLER, "/ledtider"),
    ],
)
def test_the_day_begins_with_what_the_review_asks_until_it_is_answered(
    app: Flask, boss: User, monkeypatch: pytest.MonkeyPatch, role: Role, home: str
) -> None:
    of_managers = role == Role.MANAGER
    reader = factories.make_user(role, "AMC", "Nils Torell")
    reads(reader, factories.make_participant(), monkeypatch)
    question = drawn(factories.make_user(Role.MANAGER, "AMS") if of_managers else boss, of_managers=of_managers)
    pages = signed_in(app, reader)
    told = "Loggranskningen har 1 fråga till dig om vad du har läst."
    assert told in pages.get(home).text
    assert told not in pages.get("/min-sida").text
    pages.post(f"/min-sida/fragor/{question.questions[0].id}", data={"answer": "Ringde om praktik."})
    assert told not in pages.get(home).text


def test_nothing_that_was_refused_is_asked_about(karin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = factories.make_case(date(2020, 11, 2), to_unit="AMS")
    reads(karin, foreign.participant, monkeypatch, case_id=foreign.id, kind=AccessKind.REFUSED)
    assert reasons_of(amc()) == {}


def test_the_number_of_a_case_that_one_may_not_see_is_in_no_question(
    app: Flask, karin: User, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 8), karin)
    other = factories.make_user(Role.MANAGER, "AMS")
    for reader in (karin, boss):
        reads(reader, case.participant, monkeypatch, case_id=case.id)
    of_managers = drawn(other, of_managers=True)
    drawn(boss)
    assert case.number in signed_in(app, boss).get("/min-sida/fragor").text
    page = signed_in(app, other).get(f"/loggranskning/{of_managers.id}").text
    assert boss.name in page
    assert case.number not in page
    assert case.number in signed_in(app, karin).get("/min-sida/fragor").text
    case.participant.protected = True
    db.session.commit()
    assert case.number not in signed_in(app, karin).get("/min-sida/fragor").text


def test_a_month_is_drawn_once(karin: User, boss: User, client: FlaskClient) -> None:
    assert drawn(boss).id == drawn(boss).id
    with pytest.raises(RuleBroken):
        review_services.draw_review(boss.actor, amc(), False, date(2020, 12, 1))


def drawn(actor: User, *, of_managers: bool = False) -> LogReview:
    with unit_of_work():
        return review_services.draw_review(actor.actor, amc(), of_managers, NOVEMBER)
