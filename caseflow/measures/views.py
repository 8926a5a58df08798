"""Lead times and the report of a programme."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from caseflow.core import clock
from caseflow.database import unit_of_work
from caseflow.extensions import db
from caseflow.jobs.dispatch import enqueue
from caseflow.jobs.models import Job
from caseflow.jobs.queries import get_job
from caseflow.measures import choices, lead_time_words, programme_page
from caseflow.measures import lead_times as page
from caseflow.measures.programme import report_day
from caseflow.measures.programme_method import METHOD, NO_COMPARISON
from caseflow.measures.rules import Wait
from caseflow.organisation.models import Programme
from caseflow.organisation.queries import get_programme, list_programmes, list_units
from caseflow.organisation.rules import UnitKind
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission

bp = Blueprint("measures", __name__)

BOARDS_OWN = "500-uppdraget"
# The wait that the board asks for first.
TABS = (Wait.W3, *(wait for wait in Wait if wait is not Wait.W3))


@bp.get("/ledtider")
@requires(Permission.VIEW_MEASURES)
def lead_times() -> ResponseReturnValue:
    """The waits of a period."""
    units, programmes = list_units(UnitKind.RECEIVES), list_programmes()
    choice = choices.read(request.args, units, programmes, clock.today())
    shown = page.build(choice, current_actor(), request.args.get("sida", type=int))
    return render_template(
        "measures/lead_times.html",
        shown=shown,
        words=lead_time_words,
        units=units,
        programmes=programmes,
        waits=TABS,
        job=_job(),
    )


@bp.get("/program")
@requires(Permission.VIEW_MEASURES)
def programme_report() -> ResponseReturnValue:
    """The report of a programme."""
    shown = programme_page.build(_programme(), _cut_off())
    return render_template(
        "measures/programme_report.html",
        shown=shown,
        programmes=list_programmes(),
        job=_job(),
        method=METHOD,
        no_comparison=NO_COMPARISON,
    )


@bp.get("/program/hushall")
@requires(Permission.VIEW_MEASURES)
def savings_rows() -> ResponseReturnValue:
    """What the kronor of the report are made of: household and month."""
    shown = programme_page.build_rows(_programme(), _cut_off(), request.args.get("page", 1, type=int))
    return render_template("measures/savings_rows.html", shown=shown)


@bp.post("/matt/rakna-om")
@requires(Permission.COMPUTE_MEASURES)
def recompute() -> ResponseReturnValue:
    """Have every measure computed anew, and show the page that asked with the job's progress."""
    with unit_of_work():
        job_id = enqueue("measures.rebuild", {}, key="measures.rebuild", actor=current_actor())
        values: dict[str, Any] = {"job": db.session.get_one(Job, job_id).public_id}
    if request.form.get("rapport"):
        code = get_programme(request.form["rapport"]).code
        return redirect(url_for("measures.programme_report", program=code, **values), 303)
    values |= {name: request.form[name] for name in CHOICES if request.form.get(name)}
    return redirect(url_for("measures.lead_times", **values), 303)


# What the page of lead times keeps in its address.
CHOICES = ("matt", "period", "enhet", "program", "kon", "rakna")


def _programme() -> Programme:
    """The programme that the address names by its code, the board's own where it names none. Raises NotFound."""
    return get_programme(request.args.get("program", BOARDS_OWN))


def _cut_off() -> date:
    """The day the address asks for, today at the latest; else the end of the last whole month."""
    today = clock.today()
    asked = choices.read_day(request.args.get("brytdag", ""))
    return min(asked, today) if asked else report_day(today)


def _job() -> Job | None:
    """The job whose progress the page shows."""
    job_id = request.args.get("job", type=UUID)
    return None if job_id is None else get_job(job_id)


# Registers its pages.
from caseflow.measures import flow_views, goal_views, workload_views  # noqa: E402, F401
