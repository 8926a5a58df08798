"""The review of the log: draw it, ask, mark, sign off, print; and the questions that one is asked oneself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.database import unit_of_work
from caseflow.organisation.queries import list_units
from caseflow.privacy import review_services as services
from caseflow.privacy.review_models import Verdict
from caseflow.privacy.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import Form, offered

NO_UNIT = "-"


class DrawForm(Form):
    readers = SelectField(_l("Vems läsningar"))
    month = SelectField(_l("Månad"))


@bp.route("/loggranskning", methods=["GET", "POST"])
@requires(Permission.REVIEW_LOG)
def review_list() -> ResponseReturnValue:
    """The reviews so far, and a new one to draw."""
    actor, form = current_actor(), _draw_form()
    if form.validate_on_submit():
        code, _colon, managers = str(form.readers.data).partition(":")
        unit_id = {unit.code: unit.id for unit in list_units()}.get(code)
        with unit_of_work():
            month_on = datetime.fromisoformat(f"{form.month.data}-01").date()
            review = services.draw_review(actor, unit_id, bool(managers), month_on)
        return redirect(url_for("privacy.review", review_id=review.id), 303)
    page = render_template("privacy/review_list.html", reviews=services.list_reviews(actor), form=form)
    return page, 422 if form.is_submitted() else 200


@bp.get("/loggranskning/<uuid:review_id>")
@requires(Permission.REVIEW_LOG)
def review(review_id: UUID) -> ResponseReturnValue:
    """The readings that were drawn, with their reasons and answers; the protocol when it is signed off."""
    found = services.get_review(current_actor(), review_id)
    numbers = services.numbers_of(current_actor(), found.questions)
    return render_template("privacy/review.html", review=found, numbers=numbers, verdicts=list(Verdict))


@bp.post("/loggranskning/<uuid:review_id>/signera")
@requires(Permission.REVIEW_LOG)
def sign_review(review_id: UUID) -> ResponseReturnValue:
    """Close it."""
    try:
        with unit_of_work():
            services.sign_off(current_actor(), review_id)
        flash(_("Granskningen är signerad"))
    except RuleBroken as broken:
        flash(broken.message, "error")
    return redirect(url_for("privacy.review", review_id=review_id), 303)


@bp.post("/loggranskning/fraga/<uuid:question_id>")
@requires(Permission.REVIEW_LOG)
def mark_question(question_id: UUID) -> ResponseReturnValue:
    """Mark one reading."""
    with unit_of_work():
        found = services.mark(
            current_actor(), question_id, request.form.get("verdict", ""), request.form.get("comment", "")
        )
    flash(_("Bedömningen är sparad"))
    return redirect(url_for("privacy.review", review_id=found.id, _anchor=f"fraga-{question_id}"), 303)


@bp.get("/min-sida/fragor")
@requires(Permission.USE_OWN_ACCOUNT)
def my_questions() -> ResponseReturnValue:
    """What one is asked about one's own readings."""
    actor = current_actor()
    questions = services.list_questions(actor)
    numbers = services.numbers_of(actor, questions)
    return render_template("privacy/my_questions.html", questions=questions, numbers=numbers)


@bp.post("/min-sida/fragor/<uuid:question_id>")
@requires(Permission.USE_OWN_ACCOUNT)
def answer_question(question_id: UUID) -> ResponseReturnValue:
    """Say why."""
    try:
        with unit_of_work():
            services.answer(current_actor(), question_id, request.form.get("answer", ""))
        flash(_("Svaret är sparat"))
    except RuleBroken as broken:
        flash(broken.message, "error")
    return redirect(url_for("privacy.my_questions"), 303)


@bp.app_context_processor
def log_questions() -> dict[str, object]:
    """For Min sida and the page the day begins with, asked for when they are drawn: how many wait for an answer."""
    return {"log_questions_waiting": lambda: services.count_unanswered(current_actor())}


def _draw_form() -> DrawForm:
    """The units whose staff, and whose managers, the reader may review."""
    actor, form = current_actor(), DrawForm()
    units = list_units()
    staff = [(unit.code, unit.code) for unit in units if actor.unit_id in (None, unit.id)]
    managers = [
        (f"{unit.code}:chef", _("Chefer, %(unit)s", unit=unit.code)) for unit in units if actor.unit_id != unit.id
    ]
    if actor.unit_id is not None:
        managers.append((f"{NO_UNIT}:chef", _("Chefer utan enhet")))
    form.readers.choices = offered([*staff, *managers])
    form.month.choices = offered([(f"{on:%Y-%m}", f"{on:%Y-%m}") for on in services.months(clock.today())])
    return form
