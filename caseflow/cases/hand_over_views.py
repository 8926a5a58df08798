"""Handing over the cases that are ticked in a list."""

from __future__ import annotations

from urllib.parse import parse_qsl
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectField, StringField

from caseflow.accounts.models import User
from caseflow.cases import list_filter, list_rows
from caseflow.cases.case_queries import list_counsellors
from caseflow.cases.forms import Needed, short_enough
from caseflow.cases.handing_over import MOST, HandOverRefused, Refusal, hand_over_many
from caseflow.cases.list_order import title_order
from caseflow.cases.list_rows import CaseRow
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.cases.target_queries import get_stage_targets
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.core.language import _, _l, _n
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.security.refused import log_refused
from caseflow.web.forms import Form, as_public_id, offered, strip

REASON_LENGTH = 400


class HandOverManyForm(Form):
    counsellor = SelectField(_l("Ny konsulent"), coerce=as_public_id, validators=[Needed(_l("Välj konsulent."))])
    reason = StringField(
        _l("Skäl"),
        filters=[strip],
        validators=[Needed(_l("Skriv varför ärendena lämnas över.")), short_enough(REASON_LENGTH)],
        description=_l("Till exempel: föräldraledighet, ny fördelning. Skälet står i varje ärende."),
    )


@bp.route("/arenden/lamna-over", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def hand_over_many_cases() -> ResponseReturnValue:
    """The ticked cases, each with its version, to one colleague."""
    versions = dict(filter(None, map(_ticked, request.values.getlist("arende"))))
    rows = _rows(list(versions))
    for public_id in list(versions)[:MOST]:
        if public_id not in {row.public_id for row in rows}:
            log_refused(public_id)
    if not versions or not rows or len(versions) > MOST:
        said = _("Markera högst %(most)s ärenden åt gången.", most=MOST) if len(versions) > MOST else None
        flash(said or _("Markera minst ett ärende i listan."), "error")
        return redirect(_back(), 303)
    if len({row.to_unit for row in rows}) > 1:
        flash(_("Markera ärenden på en enhet åt gången: de lämnas över till en konsulent på samma enhet."), "error")
        return redirect(_back(), 303)
    counsellors = _counsellors(rows)
    form, refusals, status = HandOverManyForm(), list[Refusal](), 200
    form.counsellor.choices = offered([(user.public_id, user.name) for user in counsellors.values()])
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    hand_over_many(current_actor(), versions, counsellors[form.counsellor.data], form.reason.data or "")
            except HandOverRefused as refused:
                refusals, status = refused.refusals, 409
            else:
                return _done(len(versions), counsellors[form.counsellor.data])
    now = {row.public_id: row.version for row in _rows(list(versions))} if refusals else versions
    return render_template(
        "cases/hand_over.html",
        form=form,
        rows=rows,
        versions=now,
        said=_said(refusals, rows),
        refusals={one.public_id: one.why for one in refusals},
        back=_back(),
    ), status


def _done(count: int, counsellor: User) -> ResponseReturnValue:
    flash(
        _n(
            "%(num)s ärende är överlämnat till %(name)s",
            "%(num)s ärenden är överlämnade till %(name)s",
            count,
            name=counsellor.name,
        )
    )
    return redirect(_back(), 303)


def _said(refusals: list[Refusal], rows: list[CaseRow]) -> list[str]:
    """Each refused case, by its number where the reader may still see it, with what stands in the way."""
    numbers = {row.public_id: row.number for row in rows}
    return [
        _("Ärende %(number)s: %(why)s", number=numbers[one.public_id], why=one.why)
        if one.public_id in numbers
        else one.why
        for one in refusals
    ]


def _back() -> str:
    """The list as it was when the cases were ticked."""
    return url_for("cases.case_list", **list_filter.parse(dict(parse_qsl(request.values.get("urval", "")))).address)


def _ticked(box: str) -> tuple[UUID, int] | None:
    """Case and version of a ticked row; None for what no page of ours has in its boxes."""
    public_id, _dot, version = box.rpartition(".")
    if not (version.isascii() and version.isdigit() and len(version) < 9):
        return None
    try:
        return UUID(public_id), int(version)
    except ValueError:
        return None


def _rows(public_ids: list[UUID]) -> list[CaseRow]:
    """The cases that the reader may see, by name."""
    conditions = [visible_to(current_actor()), Case.public_id.in_(public_ids[: MOST + 1])]
    targets = get_stage_targets(clock.today())
    query = list_rows.rows_query(targets.today, conditions).order_by(*title_order(), Case.number)
    return list_rows.to_rows(db.session.execute(query).all(), targets)


def _counsellors(rows: list[CaseRow]) -> dict[UUID, User]:
    """Who can take the cases: the counsellors of their unit, save one who has them all already."""
    unit_id = db.session.scalar(select(Case.to_unit_id).where(Case.public_id == rows[0].public_id))
    theirs = select(Case.counsellor_id).where(Case.public_id.in_([row.public_id for row in rows]))
    have = set(db.session.scalars(theirs))
    found = list_counsellors(unit_id) if unit_id is not None else []
    return {user.public_id: user for user in found if have != {user.id}}
