"""Saved views: a filter with a name, the user's own."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases.models import SavedView
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import sign_in


def names_of(user: User) -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(select(SavedView.name).where(SavedView.user_id == user.id).order_by(SavedView.name)))


def test_a_filter_is_saved_under_a_name_and_stands_as_a_link_that_opens_it(
    counsellor: FlaskClient, karin: User
) -> None:
    answer = counsellor.post("/arenden/vyer/ny?over=1&konsulent=mina&sort=namn", data={"name": " Mina sena "})
    assert answer.status_code == 303
    assert names_of(karin) == ["Mina sena"]
    html = counsellor.get("/arenden").text
    assert 'href="/arenden?konsulent=mina&amp;over=1&amp;sort=namn">Mina sena</a>' in html
    chosen = counsellor.get("/arenden?over=1&konsulent=mina&sort=namn").text
    assert 'aria-current="true">Mina sena</a>' in chosen
    assert "Spara vyn" not in chosen


def test_only_what_the_filter_knows_is_kept_of_an_address(counsellor: FlaskClient, karin: User) -> None:
    counsellor.post("/arenden/vyer/ny?over=1&q=Fatuma&page=3&sort=pnr&status=oppna", data={"name": "Sena"})
    assert db.session.scalar(select(SavedView.query)) == "over=1"


def test_two_views_of_one_user_have_different_names(counsellor: FlaskClient, karin: User) -> None:
    for query in ("over=1", "barn=1"):
        answer = counsellor.post(f"/arenden/vyer/ny?{query}", data={"name": "Sena"})
    assert answer.status_code == 422
    assert "Du har redan en vy som heter Sena" in answer.text
    assert names_of(karin) == ["Sena"]


def test_a_view_without_a_name_is_asked_for_one(counsellor: FlaskClient, karin: User) -> None:
    answer = counsellor.post("/arenden/vyer/ny?over=1", data={"name": " "})
    assert answer.status_code == 422
    assert "Skriv ett namn på vyn." in answer.text
    assert names_of(karin) == []


def test_a_view_gets_another_name_and_is_removed(counsellor: FlaskClient, karin: User) -> None:
    view = factories.save(SavedView(user_id=karin.id, name="Sena", query="over=1"))
    assert counsellor.post(f"/arenden/vyer/{view.public_id}/namn", data={"name": "Över måltid"}).status_code == 303
    assert names_of(karin) == ["Över måltid"]
    assert "Över måltid" in counsellor.get("/arenden/vyer").text
    assert counsellor.post(f"/arenden/vyer/{view.public_id}/ta-bort").status_code == 303
    assert names_of(karin) == []


def test_nobody_else_sees_or_changes_a_view(app: Flask, karin: User) -> None:
    view = factories.save(SavedView(user_id=karin.id, name="Karins egen", query="over=1"))
    colleague = sign_in(app.test_client(), factories.make_user(Role.COUNSELLOR, "AMC", "Johan Berg"))
    assert "Karins egen" not in colleague.get("/arenden").text
    assert "Karins egen" not in colleague.get("/arenden/vyer").text
    assert colleague.post(f"/arenden/vyer/{view.public_id}/namn", data={"name": "Johans"}).status_code == 404
    assert colleague.post(f"/arenden/vyer/{view.public_id}/ta-bort").status_code == 404
    assert names_of(karin) == ["Karins egen"]
