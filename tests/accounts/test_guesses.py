"""Who guesses passwords is stopped, and nobody is locked out by it."""

from __future__ import annotations

import os
from secrets import token_hex

import pytest
from flask.testing import FlaskClient

from caseflow.accounts import passwords
from caseflow.accounts.models import User
from caseflow.accounts.services import set_password
from caseflow.extensions import limiter
from caseflow.security.permissions import Role
from tests import factories
from tests.security_figures import SecurityFigure

PASSWORD = "en lång mening om våren"
WRONG = "fel lösenord här"
GUESSES = 10_000 if "CASEFLOW_SECURITY_FIGURES" in os.environ else 300
# What `limits.OF_USERNAME` lets through in an hour, from browsers where the user has not signed in.
LET_THROUGH = 20


@pytest.fixture
def user(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> User:
    made = factories.make_user(Role.CONTROLLER, None)
    # Redis remembers for a day: a name that no earlier run has tried.
    made.username = f"attacked{token_hex(6)}"
    set_password(made, PASSWORD)
    factories.save(made)
    monkeypatch.setattr(limiter, "enabled", True)
    return made


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that come as far as to being checked, without the cost of checking the wrong ones."""
    seen: list[str] = []
    matches = passwords.matches

    def counting(stored: str | None, password: str) -> bool:
        seen.append(password)
        return password != WRONG and matches(stored, password)

    monkeypatch.setattr(passwords, "matches", counting)
    return seen


class Attacker:
    """Somebody with as many addresses as they please, and no cookie."""

    def __init__(self, client: FlaskClient, user: User) -> None:
        self.client, self.user, self.network = client.application.test_client(use_cookies=False), user, token_hex(2)

    def guess(self, number: int, password: str = WRONG) -> int:
        return attempt(self.client, self.user.username, password, f"2001:db8:{self.network}::{number:x}")


def attempt(client: FlaskClient, username: str, password: str, address: str) -> int:
    facts = {"username": username, "password": password}
    return client.post("/logga-in", data=facts, environ_overrides={"REMOTE_ADDR": address}).status_code


@pytest.mark.security
def test_guesses_from_many_addresses_are_stopped_and_the_user_signs_in_meanwhile(
    client: FlaskClient, user: User, checked: list[str], security_figure: SecurityFigure
) -> None:
    attacker, home = Attacker(client, user), f"2001:db8:{token_hex(2)}::1"
    limiter.enabled = False
    assert attempt(client, user.username, PASSWORD, home) == 303
    client.post("/logga-ut")
    limiter.enabled = True
    answers = {attacker.guess(number) for number in range(GUESSES // 2)}
    assert answers == {422, 429}
    meanwhile = attempt(client, user.username, PASSWORD, home)
    answers = {attacker.guess(GUESSES // 2 + number) for number in range(GUESSES // 2)}
    assert answers == {429}
    security_figure(
        f"{GUESSES} guesses at one user's password within the hour, each from another address: "
        f"let through to the password check (bound: {LET_THROUGH} an hour)",
        measured=checked.count(WRONG),
        ideal=LET_THROUGH,
    )
    security_figure("the user's own sign-in meanwhile, from a browser known before", measured=meanwhile, ideal=303)
    # The right guess comes no further than a wrong one.
    assert attacker.guess(GUESSES, PASSWORD) == 429


def test_one_address_waits_longer_the_more_it_tries(client: FlaskClient, user: User, checked: list[str]) -> None:
    attacker = Attacker(client, user)
    assert [attacker.guess(1) for _ in range(6)] == [422] * 5 + [429]


def test_a_known_browser_has_a_bound_too(client: FlaskClient, user: User, checked: list[str]) -> None:
    network = token_hex(2)
    assert attempt(client, user.username, PASSWORD, f"2001:db8:{network}::1") == 303
    client.post("/logga-ut")
    answers = [attempt(client, user.username, WRONG, f"2001:db8:{network}::{place:x}") for place in range(2, 30)]
    assert answers.count(422) == 10
    assert answers[-1] == 429


def test_a_colleague_at_the_same_address_locks_nobody_out_of_a_known_browser(
    client: FlaskClient, user: User, checked: list[str]
) -> None:
    office = f"2001:db8:{token_hex(2)}::1"
    assert attempt(client, user.username, PASSWORD, office) == 303
    client.post("/logga-ut")
    colleague = client.application.test_client()
    assert [attempt(colleague, user.username, WRONG, office) for _ in range(12)][-1] == 429
    names = [token_hex(6) for _ in range(70)]
    assert [attempt(colleague, name, WRONG, office) for name in names][-1] == 429
    assert attempt(client, user.username, PASSWORD, office) == 303


def test_another_users_known_browser_or_a_forged_one_is_nothing_to_this_user(
    client: FlaskClient, user: User, checked: list[str]
) -> None:
    thief = client.application.test_client()
    other = factories.make_user(Role.CONTROLLER, None)
    set_password(other, PASSWORD)
    factories.save(other)
    network = token_hex(2)
    assert attempt(thief, other.username, PASSWORD, f"2001:db8:{network}::1") == 303
    (name, value), *_ = [
        (cookie.key, cookie.value) for cookie in thief._cookies.values() if cookie.key.startswith("device_")
    ]
    assert attempt(client, user.username, PASSWORD, f"2001:db8:{network}::2") == 303
    own = next(cookie.key for cookie in client._cookies.values() if cookie.key.startswith("device_"))
    assert own != name
    thief.set_cookie(own, value, path="/logga-in")
    answers = [attempt(thief, user.username, WRONG, f"2001:db8:{network}::{place:x}") for place in range(3, 40)]
    assert answers.count(422) == LET_THROUGH - 1


def test_the_name_of_the_user_is_not_in_the_cookie_that_knows_the_browser(client: FlaskClient, user: User) -> None:
    attempt(client, user.username, PASSWORD, f"2001:db8:{token_hex(2)}::1")
    (cookie,) = [cookie for cookie in client._cookies.values() if cookie.key.startswith("device_")]
    assert user.username not in cookie.key
    assert user.username not in cookie.value


def test_the_sixty_first_attempt_in_a_minute_from_one_address_is_refused_whatever_the_user_name(
    client: FlaskClient, user: User
) -> None:
    one, another = f"2001:db8::1:{token_hex(2)}", f"2001:db8::2:{token_hex(2)}"
    # Without a password: such attempts count too, and cost nothing.
    assert [attempt(client, f"name{token_hex(4)}", "", one) for _ in range(61)] == [422] * 60 + [429]
    assert attempt(client, "name", "", another) == 422
