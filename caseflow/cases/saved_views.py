"""Filters that a user has named. They are the user's own: nobody else sees or changes them."""

from __future__ import annotations

from functools import cache
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from caseflow.accounts.models import User
from caseflow.cases import list_filter
from caseflow.cases.list_filter import Filter
from caseflow.cases.models import SavedView
from caseflow.core.errors import NotFound, RuleBroken
from caseflow.core.language import _
from caseflow.database import swedish
from caseflow.extensions import db
from caseflow.security.permissions import Actor

NAME_LENGTH = 60
MOST = 30


def list_saved_views(actor: Actor) -> list[SavedView]:
    """The actor's, by name."""
    return list(db.session.scalars(_of_user(), {"user_id": actor.id}))


@cache
def _of_user() -> Select[tuple[SavedView]]:
    """Every list asks, so made once."""
    mine = select(SavedView).where(SavedView.user_id == bindparam("user_id"))
    return mine.order_by(swedish(SavedView.name), SavedView.id)


def get_saved_view(actor: Actor, public_id: UUID) -> SavedView:
    """Raises NotFound for somebody else's too."""
    view = db.session.scalar(select(SavedView).where(SavedView.public_id == public_id, SavedView.user_id == actor.id))
    if view is None:
        raise NotFound(_("Vyn finns inte bland dina sparade vyer."))
    return view


def save_view(actor: Actor, name: str, chosen: Filter) -> SavedView:
    """Keep the filter under the name. Raises RuleBroken."""
    _lock(actor)
    if db.session.scalar(select(func.count()).where(SavedView.user_id == actor.id)) == MOST:
        raise RuleBroken(_("Du har %(most)s sparade vyer. Ta bort en som du inte använder först.", most=MOST), "name")
    view = SavedView(user_id=actor.id, name=_free(actor, name), query=urlencode(chosen.address))
    db.session.add(view)
    db.session.flush()
    return view


def rename_view(actor: Actor, view: SavedView, name: str) -> None:
    """Raises RuleBroken when the actor has another view of that name."""
    _lock(actor)
    view.name = _free(actor, name, besides=view)
    db.session.flush()


def filter_of(view: SavedView) -> Filter:
    """What the view shows; what the program no longer knows is left out."""
    return list_filter.parse(dict(parse_qsl(view.query)))


def _lock(actor: Actor) -> None:
    """One change at a time of a user's views."""
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update())


def _free(actor: Actor, name: str, besides: SavedView | None = None) -> str:
    same = select(SavedView.id).where(SavedView.user_id == actor.id, SavedView.name == name)
    if besides is not None:
        same = same.where(SavedView.id != besides.id)
    if db.session.scalar(same) is not None:
        raise RuleBroken(_("Du har redan en vy som heter %(name)s. Välj ett annat namn.", name=name), "name")
    return name
