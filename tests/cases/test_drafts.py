"""What is written in a form about a case is never lost: drafts, a session that ends, somebody else who is first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from caseflow.accounts import sessions
from caseflow.accounts.drafts import remove_old
from caseflow.accounts.models import Draft, User
from caseflow.cases import services
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind
from caseflow.core import clock
from caseflow.database import unit_of_work
from caseflow.extensions import db
from tests import factories
from tests.cases.case_client import address, event_of, kinds, met_case, send, sign_in
from tests.signing_in import let_pass

K = EventKind
TEXT = "Deltagaren söker lägenhet i Salem"


@pytest.fixture
def case(karin: User, maria: User) -> Case:
    return met_case(karin, maria)


def draft_address(case: Case, step: str = "anteckning", verb: str = "spara") -> str:
    return f"/utkast/{verb}{address(case, step)}"


def drafts() -> int:
    return db.session.scalars(select(func.count()).select_from(Draft)).one()


def test_a_draft_is_there_when_the_form_is_opened_again(counsellor: FlaskClient, case: Case) -> None:
    answer = counsellor.post(draft_address(case), data={"note": TEXT, "version": "1", "csrf_token": "x"})
    assert answer.status_code == 204
    html = counsellor.get(address(case, "anteckning")).text
    assert f">\r\n{TEXT}</textarea>" in html
    assert "Du har ett utkast från 2020-12-01 kl." in html
    assert f'data-draft="{draft_address(case)}"' in html


def test_a_draft_lies_encrypted_and_without_what_belongs_to_the_page(counsellor: FlaskClient, case: Case) -> None:
    counsellor.post(draft_address(case), data={"note": TEXT, "version": "1", "csrf_token": "hemlig"})
    kept = db.session.scalars(select(Draft)).one()
    assert kept.address == address(case, "anteckning")
    assert b"Salem" not in kept.fields_encrypted
    counsellor.post(draft_address(case), data={"note": f"{TEXT} nu", "version": "1"})
    assert drafts() == 1


def test_a_choice_and_a_day_are_kept_too(counsellor: FlaskClient, case: Case) -> None:
    step = "avsluta"
    counsellor.post(draft_address(case, step), data={"on": "2020-11-03", "outcome": "studies", "household_effect": ""})
    html = counsellor.get(address(case, step)).text
    assert 'value="2020-11-03"' in html
    assert 'checked class="form-check-input" id="outcome-2"' in html


def test_nobody_else_gets_the_draft(counsellor: FlaskClient, case: Case, maria: User) -> None:
    counsellor.post(draft_address(case), data={"note": TEXT})
    html = sign_in(counsellor.application.test_client(), maria).get(address(case, "anteckning")).text
    assert TEXT not in html
    assert "utkast" not in html.replace("/utkast/spara", "")


def test_the_draft_goes_when_the_form_is_registered(counsellor: FlaskClient, case: Case) -> None:
    counsellor.post(draft_address(case), data={"note": TEXT})
    assert send(counsellor, case, "anteckning", note=TEXT).status_code == 303
    assert drafts() == 0


def test_the_draft_goes_when_its_user_removes_it(counsellor: FlaskClient, case: Case) -> None:
    counsellor.post(draft_address(case), data={"note": TEXT})
    answer = counsellor.post(draft_address(case, verb="ta-bort"))
    assert (answer.status_code, answer.location) == (303, address(case, "anteckning"))
    assert TEXT not in counsellor.get(address(case, "anteckning")).text


def test_a_draft_is_forgotten_after_thirty_days(counsellor: FlaskClient, case: Case) -> None:
    counsellor.post(draft_address(case), data={"note": TEXT})
    db.session.execute(update(Draft).values(saved_at=clock.now() - timedelta(days=30)))
    db.session.commit()
    assert TEXT not in counsellor.get(address(case, "anteckning")).text
    with unit_of_work():
        remove_old()
    assert drafts() == 0


@pytest.mark.parametrize("path", ["/utkast/spara/min-sida/losenord", "/utkast/spara/sok", "/utkast/spara/finns-inte"])
def test_only_forms_about_cases_have_drafts(counsellor: FlaskClient, path: str) -> None:
    assert counsellor.post(path, data={"new_password": "hemligt"}).status_code == 404
    assert drafts() == 0


def test_a_text_that_is_refused_is_a_draft_until_it_is_right(counsellor: FlaskClient, case: Case) -> None:
    assert send(counsellor, case, "uppfoljning", on="2021-01-01", note=TEXT).status_code == 422
    assert TEXT in counsellor.get(address(case, "uppfoljning")).text


def test_a_text_too_long_for_a_draft_is_refused_by_its_form_and_shown_again(
    counsellor: FlaskClient, case: Case
) -> None:
    long = "å" * 40_001
    assert counsellor.post(draft_address(case), data={"note": long}).status_code == 409
    answer = send(counsellor, case, "anteckning", note=long)
    assert answer.status_code == 422
    assert long in answer.text
    assert drafts() == 0


def test_a_form_sent_after_the_session_ended_is_there_after_signing_in(
    counsellor: FlaskClient, case: Case, karin: User
) -> None:
    let_pass(3700)
    answer = counsellor.post(address(case, "anteckning"), data={"note": TEXT, "version": case.version})
    assert (answer.status_code, answer.location) == (303, f"/logga-in?next={address(case, 'anteckning')}")
    assert "finns kvar när du har loggat in" in counsellor.get(answer.location).text
    assert kinds(case).count(K.NOTE) == 0
    assert TEXT in sign_in(counsellor, karin).get(address(case, "anteckning")).text


def test_a_session_that_was_ended_on_purpose_leaves_no_draft(counsellor: FlaskClient, case: Case, karin: User) -> None:
    with unit_of_work():
        sessions.end_all(karin)
    answer = counsellor.post(address(case, "anteckning"), data={"note": TEXT, "version": case.version})
    assert answer.status_code == 303
    assert drafts() == 0


def note_by_maria(case: Case, maria: User) -> None:
    with unit_of_work():
        services.add_note(maria.actor, services.lock_case(maria.actor, case.public_id), "Närvaro god")
    db.session.expire_all()


def test_who_is_second_sees_what_the_first_did_above_the_kept_form(
    counsellor: FlaskClient, case: Case, maria: User
) -> None:
    opened, version = clock.now().isoformat(), case.version
    note_by_maria(case, maria)
    values = {"on": "2020-11-30", "note": TEXT, "opened_at": opened}
    answer = send(counsellor, case, "uppfoljning", version=version, **values)
    assert answer.status_code == 409
    assert "Någon annan hann före" in answer.text
    assert "Maria Ekdahl registrerade Anteckning 2020-12-01." in answer.text
    assert "registrerade Första möte" not in answer.text
    assert "Registrera uppföljning ändå" in answer.text
    assert TEXT in answer.text
    assert f'name="version" type="hidden" value="{case.version}"' in answer.text
    assert send(counsellor, case, "uppfoljning", **values).status_code == 303
    assert event_of(case, K.FOLLOW_UP).note == TEXT


def test_a_step_that_the_other_has_made_impossible_shows_what_was_written(counsellor: FlaskClient, case: Case) -> None:
    version = case.version
    assert send(counsellor, case, "avsluta", on="2020-11-30", outcome="moved").status_code == 303
    answer = send(counsellor, case, "uppfoljning", version=version, on="2020-11-30", note=TEXT)
    assert answer.status_code == 409
    assert TEXT in answer.text


def watch(counsellor: FlaskClient, case: Case, version: int) -> str:
    opened_at = clock.now().isoformat()
    return counsellor.get(f"{address(case)}/andringar", query_string={"version": version, "opened_at": opened_at}).text


def test_an_open_form_is_told_of_what_others_do(counsellor: FlaskClient, case: Case, maria: User) -> None:
    version = case.version
    assert watch(counsellor, case, version) == ""
    note_by_maria(case, maria)
    html = watch(counsellor, case, version)
    assert "Maria Ekdahl registrerade Anteckning 2020-12-01." in html
    assert "Läs in ärendet" in html


def test_asking_what_others_do_does_not_prolong_the_session(counsellor: FlaskClient, case: Case) -> None:
    let_pass(52 * 60)
    watch(counsellor, case, case.version)
    assert counsellor.get("/inloggning/kvar").get_json()["seconds"] < 8.1 * 60


def test_a_draft_that_comes_after_the_session_ended_is_kept_or_said_not_to_be(
    counsellor: FlaskClient, case: Case
) -> None:
    let_pass(3700)
    by_script = {"HX-Request": "true"}
    assert counsellor.post(draft_address(case), data={"note": TEXT}, headers=by_script).status_code == 204
    assert drafts() == 1
    assert counsellor.post(draft_address(case), data={"note": TEXT}, headers=by_script).status_code == 401


@pytest.fixture
def protected(monkeypatch: pytest.MonkeyPatch) -> Callable[[FlaskClient], None]:
    def switch_on(client: FlaskClient) -> None:
        monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", True)

    return switch_on


def test_a_form_from_an_earlier_session_is_offered_again_with_its_text(
    counsellor: FlaskClient, case: Case, protected: Callable[[FlaskClient], None]
) -> None:
    protected(counsellor)
    path = address(case, "anteckning")
    answer = counsellor.post(
        path, data={"note": TEXT, "version": case.version}, headers={"Referer": f"http://localhost{path}"}
    )
    assert (answer.status_code, answer.location) == (303, path)
    assert TEXT in counsellor.get(path).text
    assert kinds(case).count(K.NOTE) == 0


def test_a_form_from_another_site_leaves_nothing(
    counsellor: FlaskClient, case: Case, protected: Callable[[FlaskClient], None]
) -> None:
    protected(counsellor)
    answer = counsellor.post(
        address(case, "anteckning"), data={"note": TEXT}, headers={"Referer": "http://evil.example/"}
    )
    assert answer.status_code == 400
    assert drafts() == 0


@pytest.mark.parametrize(
    ("step", "values"),
    [("uppfoljning", {"on": "2020-11-30", "note": "God närvaro."}), ("anteckning", {"note": "Ringde."})],
)
def test_what_was_registered_can_be_undone_at_once(
    counsellor: FlaskClient, case: Case, step: str, values: dict[str, str]
) -> None:
    answer = send(counsellor, case, step, **values)
    event = max(case.events, key=lambda one: one.id)
    undo = f"{address(case)}/handelse/{event.public_id}/makulera?angra=1"
    assert f'href="{undo}">Ångra</a>' in counsellor.get(answer.location).text
    assert "Registrerades av misstag." in counsellor.get(undo).text


def test_a_change_of_counsellor_is_not_undone_but_made_again(counsellor: FlaskClient, case: Case) -> None:
    other = factories.make_user(unit="AMC")
    db.session.commit()
    answer = send(counsellor, case, "byt-konsulent", counsellor=other.public_id)
    assert answer.status_code == 303
    assert "Ångra" not in counsellor.get(answer.location).text
