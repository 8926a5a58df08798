"""Gallring: what is to be thinned out, the proposal, the other manager's approval, and the certificate."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from caseflow.cases.models import Case
from caseflow.cases.queries import visible_to
from caseflow.core import clock
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.privacy import thinning
from caseflow.privacy.retention import Reason, list_over, rule
from caseflow.privacy.views import bp
from caseflow.security import audit
from caseflow.security.guard import current_actor, recently_confirmed, requires
from caseflow.security.permissions import Permission

SHOWN = 50


@bp.get("/dataskydd/gallring")
@requires(Permission.THIN_OUT)
def thinning_list() -> str:
    """Whose time is over, what is kept and why, and what has been thinned out. No names, only numbers of own cases."""
    records = list_over(clock.today())
    known = rule()
    people = {key: record for record in records for key in record.participant_ids}
    columns = (Case.number, Case.public_id, Case.participant_id, Case.id)
    query = select(*columns).where(Case.participant_id.in_(people), visible_to(current_actor()))
    rows = sorted(
        (people[key].deadline(known.years), number, address, people[key].last_on, people[key].reason, (key, case_id))
        for number, address, key, case_id in db.session.execute(query)
    )
    audit.read_all(read for *_, read in rows[:SHOWN])
    counted = Counter(record.reason for record in records)
    return render_template(
        "privacy/thinning_list.html",
        rule=known,
        reasons=[(reason, counted[reason]) for reason in Reason if counted[reason]],
        to_go=counted[Reason.NONE],
        rows=[row[:-1] for row in rows[:SHOWN]],
        more=max(0, len(rows) - SHOWN),
        thinnings=thinning.list_thinnings(),
    )


@bp.post("/dataskydd/gallring")
@requires(Permission.THIN_OUT)
@recently_confirmed
def propose_thinning() -> ResponseReturnValue:
    """Propose that everybody whose time is over today is thinned out."""
    with unit_of_work():
        made = thinning.propose(current_actor())
    flash(_("Gallringen är föreslagen. En annan chef ska godkänna den."))
    return redirect(url_for("privacy.thinning_page", thinning_id=made.id), 303)


@bp.get("/dataskydd/gallring/<uuid:thinning_id>")
@requires(Permission.THIN_OUT)
def thinning_page(thinning_id: UUID) -> str:
    """The proposal; when it is done its certificate, to print."""
    found = thinning.get_thinning(thinning_id)
    untouched = thinning.is_untouched(found) if found.finished_at else True
    mine = found.proposed_by_id == current_actor().id
    return render_template("privacy/thinning_page.html", thinning=found, rule=rule(), mine=mine, untouched=untouched)


@bp.post("/dataskydd/gallring/<uuid:thinning_id>")
@requires(Permission.THIN_OUT)
@recently_confirmed
def decide_thinning(thinning_id: UUID) -> ResponseReturnValue:
    """Approve the proposal, or take it back."""
    actor = current_actor()
    with unit_of_work():
        found = thinning.get_thinning(thinning_id, lock=True)
        if request.form.get("svar") == "godkann":
            thinning.approve(actor, found)
            told = _("Gallringen är godkänd och görs i bakgrunden.")
        else:
            thinning.withdraw(actor, found)
            told = _("Förslaget är borttaget. Inget har gallrats.")
    flash(told)
    return redirect(url_for("privacy.thinning_list"), 303)
