"""Referrals that the unit has received, and those that it has sent."""

from __future__ import annotations

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from sqlalchemy import ColumnElement

from caseflow.cases import list_order, list_queries
from caseflow.cases.list_filter import page_number
from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.cases.referral_queries import list_closing_notes, list_latest
from caseflow.cases.rules import EXITED, TRANSITIONS, WORKED
from caseflow.cases.target_queries import get_stage_targets
from caseflow.cases.terms import Stage
from caseflow.cases.views import bp
from caseflow.core import clock
from caseflow.core.language import _l
from caseflow.people.models import Household
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Actor, Permission

# Referrals that were given back or withdrawn longer ago than this are found in the list of cases.
RETURNED_DAYS = 365
UNDECIDED = (Stage.REFERRED,)
RECEIVED = {
    "vantar": (_l("Väntar på svar"), UNDECIDED),
    "mottagna": (_l("Mottagna, inget första möte"), (Stage.ACCEPTED,)),
    "aterlamnade": (_l("Återlämnade och återkallade"), (Stage.RETURNED, Stage.WITHDRAWN)),
}
SENT = {
    "pagaende": (_l("Väntar på första möte"), (Stage.REFERRED, Stage.ACCEPTED)),
    "arbetas": (_l("Hos mottagaren"), tuple(WORKED)),
    "avslutade": (_l("Avslutade"), tuple(EXITED)),
    "aterlamnade": (_l("Återlämnade och återkallade"), (Stage.RETURNED, Stage.WITHDRAWN)),
}


@bp.get("/anvisningar/mottagna")
@requires(Permission.RECEIVE_REFERRAL)
def received_referrals() -> ResponseReturnValue:
    """Referrals to the counsellor's unit, the longest waiting first."""
    actor, today = current_actor(), clock.today()
    shown = _choice(RECEIVED, "vantar")
    base = [visible_to(actor), *_recent(today)]
    if request.args.get("barn") == "1":
        base.append(Household.children > 0)
    return _page("cases/received_referrals.html", actor, today, base, RECEIVED, shown)


@bp.get("/anvisningar/skickade")
@requires(Permission.REFER)
def sent_referrals() -> ResponseReturnValue:
    """Referrals that the social worker, or the whole unit, has sent."""
    actor, today = current_actor(), clock.today()
    whole_unit = request.args.get("vems") == "enheten"
    base = [visible_to(actor), *_recent(today)]
    if not whole_unit:
        base.append(Case.social_worker_id == actor.id)
    return _page(
        "cases/sent_referrals.html", actor, today, base, SENT, _choice(SENT, "pagaende"), whole_unit=whole_unit
    )


Choices = dict[str, tuple[LazyString, tuple[Stage, ...]]]


def _page(
    template: str,
    actor: Actor,
    today: date,
    base: list[ColumnElement[bool]],
    choices: Choices,
    shown: str,
    **context: object,
) -> str:
    targets = get_stage_targets(today)
    offered = frozenset(stage for _label, stages in choices.values() for stage in stages)
    counts = list_queries.count_by_stage(targets, base, offered).stages
    wanted = request.args.get("sort", "")
    newest_first = shown not in ("vantar", "mottagna", "pagaende")
    sort = wanted if list_order.is_sort(wanted) else "-anvisad" if newest_first else "anvisad"
    conditions = [*base, Case.stage.in_(choices[shown][1])]
    page = list_queries.list_page(
        targets, conditions, sort, page_number(request.args), stages=frozenset(choices[shown][1])
    )
    numbers = [row.number for row in page.rows]
    return render_template(
        template,
        page=page,
        sort=sort,
        shown=shown,
        choices=[
            (key, str(label), sum(counts.get(stage, 0) for stage in stages)) for key, (label, stages) in choices.items()
        ],
        notes=list_closing_notes(actor, numbers),
        happened=TRANSITIONS,
        latest=list_latest(numbers) if choices is SENT else {},
        **context,
    )


def _choice(choices: Choices, default: str) -> str:
    wanted = request.args.get("visa", "")
    return wanted if wanted in choices else default


def _recent(today: date) -> list[ColumnElement[bool]]:
    """Without what was given back long ago."""
    old = Case.stage.in_([Stage.RETURNED, Stage.WITHDRAWN]) & (Case.closed_on < today - timedelta(days=RETURNED_DAYS))
    return [~old]
