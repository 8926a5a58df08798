"""Commands that add users."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import func, select

from caseflow.accounts import demo, passwords
from caseflow.accounts.models import User
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories


def test_the_demo_users_are_added_once_and_can_sign_in(app: Flask) -> None:
    runner = app.test_cli_runner()
    for _ in range(2):
        assert runner.invoke(args=["demo-users"]).exit_code == 0
    users = db.session.scalars(select(User)).all()
    assert {user.username for user in users} == {given.username for given in demo.EVERYBODY}
    assert len(users) == len(demo.EVERYBODY)
    assert passwords.matches(users[0].password_hash, demo.PASSWORD)
    assert {user.role for user in users} == set(Role)


def test_the_demo_users_are_not_added_where_others_are(app: Flask) -> None:
    factories.make_user(Role.ADMINISTRATOR, None)
    answer = app.test_cli_runner().invoke(args=["demo-users"])
    assert answer.exit_code == 1
    assert "Databasen har egna användare" in answer.output
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


def test_the_first_administrator_gets_a_one_time_password_and_a_second_is_refused(app: Flask) -> None:
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["create-administrator"])
    password = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", answer.output)
    user = db.session.scalars(select(User)).one()
    assert password is not None
    assert passwords.matches(user.password_hash, password[0])
    assert (user.role, user.must_change_password) == (Role.ADMINISTRATOR, True)
    again = runner.invoke(args=["create-administrator"])
    assert again.exit_code == 1
    assert "Det finns redan en systemförvaltare" in again.output


def test_an_administrator_needs_a_readable_user_name(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["create-administrator", "--username", "Åsa Öberg"])
    assert answer.exit_code == 1
    assert "Skriv användarnamnet med små bokstäver" in answer.output
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
