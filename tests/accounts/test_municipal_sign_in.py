"""The municipality's own sign-in: who comes in by it, as what, and every answer that is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from caseflow.accounts.models import MunicipalAccount, User, UserSession
from caseflow.accounts.services import set_password
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.security.audit import AuditRow
from caseflow.security.permissions import Role
from tests import factories
from tests.accounts.forger import CALLBACK, CLIENT_ID, CLIENT_SECRET, Forger
from tests.signing_in import let_pass, sign_in

PASSWORD = "en lång mening om våren"
QUARTER = 15 * 60


def kim() -> User | None:
    db.session.rollback()
    return db.session.scalar(select(User).where(User.username == "kim.konsulent"))


def seconds() -> int:
    """The time by the provider's clock."""
    return int(clock.real_now().timestamp())


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/min-sida").status_code == 200


def test_without_the_setting_there_is_no_such_sign_in(client: FlaskClient) -> None:
    assert "kommunens konto" not in client.get("/logga-in").text
    assert [client.get(way).location for way in ("/logga-in/kommunen", CALLBACK)] == ["/", "/"]


def test_somebody_with_a_group_comes_in_as_its_role_and_unit(client: FlaskClient, forger: Forger) -> None:
    assert "Logga in med kommunens konto" in client.get("/logga-in?next=/min-sida").text
    stranger = client.get_cookie("session")
    back = forger.ask(client, "/logga-in/kommunen?next=/min-sida")
    assert (forger.asked["response_type"], forger.asked["code_challenge_method"]) == ("code", "S256")
    answer = client.get(back)
    assert (answer.status_code, answer.location) == (303, "/min-sida")
    assert {*forger.sent} >= {"code", "code_verifier", "redirect_uri"}
    user = kim()
    assert user is not None
    assert (user.name, user.role, user.unit_label) == ("Kim Konsulent", Role.COUNSELLOR, "AMC")
    assert is_signed_in(client)
    # Another cookie than before, so nobody comes in by one that they planted.
    now = client.get_cookie("session")
    assert now is not None
    assert stranger is None or stranger.value != now.value


def test_the_second_time_it_is_the_same_user(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client)
    forger.sign_in(client.application.test_client(), preferred_username="annat.namn")
    assert [row.subject for row in db.session.scalars(select(MunicipalAccount))] == ["0815"]
    assert kim() is not None


def test_another_group_gives_another_role_ends_the_old_sessions_and_is_audited(
    client: FlaskClient, forger: Forger
) -> None:
    forger.sign_in(client)
    elsewhere = client.application.test_client()
    forger.sign_in(elsewhere, groups=["Chefer"], name="Kim Chef")
    user = kim()
    assert user is not None
    assert (user.name, user.role, user.unit_label, user.edited_by) == (
        "Kim Chef",
        Role.MANAGER,
        "",
        "Kommunens inloggning",
    )
    assert not is_signed_in(client)
    assert is_signed_in(elsewhere)
    changes = db.session.scalars(select(AuditRow.detail).where(AuditRow.detail.startswith(f"user_account {user.id}: ")))
    assert any("role" in change and "unit_id" in change for change in changes)


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({"groups": ["Alla"]}, "Be din chef om behörighet"),
        ({"groups": None}, "Be din chef om behörighet"),
        ({"groups": ["Chefer", "AMC-konsulenter"]}, "mer än en roll"),
        ({"groups": "Fel enhet"}, "Välj en enhet som tar emot anvisningar"),
        ({"preferred_username": None}, "Skriv användarnamnet"),
    ],
)
def test_who_has_no_role_in_caseflow_is_told_whom_to_ask(
    client: FlaskClient, forger: Forger, claims: dict[str, Any], told: str
) -> None:
    answer = forger.sign_in(client, **claims)
    assert answer.status_code == 422
    assert told in answer.text
    assert kim() is None
    assert not is_signed_in(client)


def test_one_group_is_enough_as_text(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client, groups="AMS-konsulenter")
    assert is_signed_in(client)


def test_a_closed_account_stays_closed(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client)
    user = kim()
    assert user is not None
    user.closed_at = clock.now()
    db.session.commit()
    other = client.application.test_client()
    answer = forger.sign_in(other)
    assert "är stängt" in answer.text
    assert not is_signed_in(other)


def test_the_only_administrator_does_not_lose_the_role_by_it(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client)
    user = kim()
    assert user is not None
    user.role, user.unit = Role.ADMINISTRATOR, None
    db.session.commit()
    assert "enda systemförvaltaren" in forger.sign_in(client.application.test_client()).text


NOW = seconds()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://ond.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": [CLIENT_ID, "another"]},
        {"azp": "another"},
        {"exp": NOW - 3600},
        {"exp": None},
        {"iat": NOW + 86400},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_a_token_that_says_anything_wrong_is_refused(
    client: FlaskClient, forger: Forger, claims: dict[str, Any]
) -> None:
    answer = forger.sign_in(client, **claims)
    assert answer.status_code == 422
    assert "svarade inte som den ska" in answer.text
    assert kim() is None
    assert not is_signed_in(client)


@pytest.mark.parametrize("how", ["another key", "the secret", "nothing"])
def test_a_token_that_the_provider_has_not_signed_is_refused(client: FlaskClient, forger: Forger, how: str) -> None:
    if how == "another key":
        forger.signed_with = RSAKey.generate_key(2048, {"kid": "one"})
    elif how == "the secret":
        forger.signed_with, forger.header = OctKey.import_key(CLIENT_SECRET), {"alg": "HS256", "kid": "one"}
    else:
        forger.header = {"alg": "none"}
    assert forger.sign_in(client).status_code == 422
    assert not is_signed_in(client)


def test_a_key_that_the_provider_has_changed_to_is_fetched(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client)
    forger.key = forger.signed_with = RSAKey.generate_key(2048, {"kid": "two"})
    forger.header = {"alg": "RS256", "kid": "two"}
    other = client.application.test_client()
    forger.sign_in(other)
    assert is_signed_in(other)


def test_groups_that_the_token_leaves_out_are_asked_for(client: FlaskClient, forger: Forger) -> None:
    forger.user = {"sub": "0815", "groups": ["AMC-konsulenter"], "preferred_username": "nagon.annan"}
    forger.sign_in(client, groups=None)
    user = kim()
    assert user is not None, "the token's words go before those that are asked for"
    assert user.role is Role.COUNSELLOR
    assert is_signed_in(client)


def test_groups_of_the_token_are_not_asked_for_again(client: FlaskClient, forger: Forger) -> None:
    forger.user = {"sub": "0815", "groups": ["Chefer"]}
    forger.sign_in(client)
    user = kim()
    assert user is not None
    assert user.role is Role.COUNSELLOR


def test_an_answer_about_another_user_is_refused(client: FlaskClient, forger: Forger) -> None:
    forger.user = {"sub": "4711", "groups": ["AMC-konsulenter"]}
    assert forger.sign_in(client, groups=None).status_code == 422
    assert kim() is None
    assert not is_signed_in(client)


def test_an_answer_without_a_token_is_refused(client: FlaskClient, forger: Forger) -> None:
    forger.has_token = False
    assert forger.sign_in(client).status_code == 422


def test_an_answer_that_nobody_asked_for_is_refused(client: FlaskClient, forger: Forger) -> None:
    answer = client.get(f"{CALLBACK}?code=c0de&state=anything")
    assert answer.status_code == 422
    assert "påbörjades inte här" in answer.text


def test_another_state_is_refused_and_so_is_then_the_right_one_in_another_browser(
    client: FlaskClient, forger: Forger
) -> None:
    back = forger.ask(client)
    assert client.get(f"{back}x").status_code == 422
    assert client.application.test_client().get(back).status_code == 422
    assert kim() is None


def test_an_answer_is_taken_once_even_with_the_cookie_it_was_asked_with(client: FlaskClient, forger: Forger) -> None:
    back = forger.ask(client)
    asked_with = client.get_cookie("session")
    assert asked_with is not None
    assert client.get(back).location == "/"
    assert client.get(back).location == "/min-sida"
    thief = client.application.test_client()
    thief.set_cookie("session", asked_with.value)
    answer = thief.get(back)
    assert answer.status_code == 422
    assert "redan använt" in answer.text
    assert not is_signed_in(thief)


def test_an_answer_that_comes_after_a_quarter_is_refused(
    client: FlaskClient, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = forger.ask(client)
    later = clock.now() + timedelta(seconds=QUARTER + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "för länge sedan" in client.get(back).text


def test_an_answer_of_another_provider_is_refused(client: FlaskClient, forger: Forger) -> None:
    back = forger.ask(client)
    assert client.get(f"{back}&iss=https://ond.example").status_code == 422
    assert not is_signed_in(client)


def test_a_provider_that_calls_itself_something_else_is_not_asked(client: FlaskClient, forger: Forger) -> None:
    forger.said_issuer = "https://ond.example"
    answer = client.get("/logga-in/kommunen")
    assert answer.status_code == 422
    assert "svarade inte som den ska" in answer.text


def test_a_provider_that_does_not_answer_is_told_of(
    client: FlaskClient, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "OIDC_ISSUER", "http://127.0.0.1:9")
    assert "svarade inte som den ska" in client.get("/logga-in/kommunen").text


def test_who_turns_back_there_is_not_signed_in(client: FlaskClient, forger: Forger) -> None:
    state = forger.ask(client).rpartition("state=")[2]
    answer = client.get(f"{CALLBACK}?error=access_denied&error_description=<b>x</b>&state={state}")
    assert answer.status_code == 422
    assert "Du avbröt inloggningen" in answer.text
    assert "<b>x" not in answer.text


def test_nobody_is_sent_to_another_site_afterwards(client: FlaskClient, forger: Forger) -> None:
    assert client.get(forger.ask(client, "/logga-in/kommunen?next=//ond.example")).location == "/"


def test_a_login_that_is_older_than_a_session_may_be_has_to_be_made_anew(client: FlaskClient, forger: Forger) -> None:
    answer = forger.sign_in(client, auth_time=NOW - 11 * 3600)
    assert "frågade inte efter dig på nytt" in answer.text
    assert not is_signed_in(client)


def test_an_account_that_is_there_is_not_taken_over_by_its_user_name(client: FlaskClient, forger: Forger) -> None:
    user = factories.make_user(Role.COUNSELLOR, "AMC")
    user.username = "kim.konsulent"
    set_password(user, PASSWORD)
    factories.save(user)
    assert "koppla kommunens konto på Min sida" in forger.sign_in(client).text
    assert not is_signed_in(client)
    sign_in(client, user)
    answer = client.get(forger.ask(client, "/min-sida/kommunen"))
    assert answer.location == "/min-sida"
    assert "Kommunens konto är kopplat" in client.get("/min-sida").text
    other = client.application.test_client()
    forger.sign_in(other)
    assert is_signed_in(other)
    assert db.session.scalars(select(MunicipalAccount.user_id)).all() == [user.id]


def test_an_account_of_somebody_else_cannot_be_linked(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client.application.test_client())
    sign_in(client, factories.make_user())
    client.get(forger.ask(client, "/min-sida/kommunen"))
    assert "redan kopplat" in client.get("/min-sida").text
    assert len(db.session.scalars(select(MunicipalAccount)).all()) == 1


@pytest.mark.parametrize(
    ("claims", "was_shown"), [({"amr": ["pwd", "mfa"]}, True), ({"acr": "mfa"}, True), ({"amr": ["pwd"]}, False)]
)
def test_a_second_factor_that_was_shown_there_counts(
    client: FlaskClient, forger: Forger, claims: dict[str, Any], was_shown: bool
) -> None:
    forger.sign_in(client, **claims)
    assert db.session.scalars(select(UserSession.two_factors)).all() == [was_shown]


def test_a_role_that_must_have_two_is_asked_for_the_second_here(
    client: FlaskClient, forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "SECOND_FACTOR_ROLES", frozenset(Role))
    forger.sign_in(client, amr=["pwd"])
    assert client.get("/arenden").location == "/min-sida/tvasteg"
    other = client.application.test_client()
    forger.sign_in(other, amr=["mfa"])
    assert other.get("/arenden").status_code == 200


def test_confirming_there_asks_for_signing_in_anew_and_holds_a_quarter(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client)
    let_pass(QUARTER + 1)
    page = client.get(client.get("/min-sida/tvasteg").location or "")
    assert "Bekräfta med kommunens konto" in page.text
    before = client.get_cookie("session")
    back = forger.ask(client, "/bekrafta/kommunen?next=/min-sida/tvasteg")
    assert (forger.asked["prompt"], forger.asked["max_age"]) == ("login", "60")
    forger.claims = {"auth_time": seconds()}
    assert client.get(back).location == "/min-sida/tvasteg"
    assert client.get("/min-sida/tvasteg").status_code == 200
    after = client.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value


@pytest.mark.parametrize("at", [None, NOW - 3600], ids=["nobody knows when", "an hour ago"])
def test_a_login_there_from_before_confirms_nothing(client: FlaskClient, forger: Forger, at: int | None) -> None:
    forger.sign_in(client)
    let_pass(QUARTER + 1)
    back = forger.ask(client, "/bekrafta/kommunen")
    forger.claims = {"auth_time": at}
    client.get(back)
    assert client.get("/min-sida/tvasteg").status_code == 303


def test_somebody_else_there_confirms_nothing(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client)
    let_pass(QUARTER + 1)
    back = forger.ask(client, "/bekrafta/kommunen")
    forger.claims = {"sub": "4711"}
    client.get(back)
    assert client.get("/min-sida/tvasteg").status_code == 303
    assert "någon annan hos kommunen" in client.get("/min-sida").text


def test_an_answer_for_signing_in_does_not_confirm_and_one_for_confirming_does_not_sign_in(
    client: FlaskClient, forger: Forger
) -> None:
    forger.sign_in(client)
    back = forger.ask(client, "/bekrafta/kommunen")
    client.post("/logga-ut")
    assert client.get(back).status_code == 422
    assert not is_signed_in(client)


def test_a_session_that_began_there_ends_like_any_other(client: FlaskClient, forger: Forger) -> None:
    forger.sign_in(client)
    let_pass(61 * 60)
    assert not is_signed_in(client)
    forger.sign_in(client)
    signed_out = client.post("/logga-ut")
    assert signed_out.location == "/logga-in?utloggad=1"
    assert f"{forger.issuer}/leave?post_logout_redirect_uri=" in client.get(signed_out.location).text
    assert not is_signed_in(client)
