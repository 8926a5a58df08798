"""Registerutdrag: make it, look its texts through for other people, hand it out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import InputRequired

from caseflow.cases.queries import get_case
from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.database import unit_of_work
from caseflow.privacy import extract_services as services
from caseflow.privacy.extract_pdf import extract_pdf
from caseflow.privacy.others import Choice, Passage
from caseflow.privacy.views import bp
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, recently_confirmed, recently_confirmed_for_file, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import Form, offered


@bp.route("/arenden/<uuid:case_id>/registerutdrag", methods=["GET", "POST"])
@requires(Permission.SUBJECT_ACCESS)
def extract_list(case_id: UUID) -> ResponseReturnValue:
    """The extracts that have been made of the case's participant, and a new one."""
    actor = current_actor()
    case = get_case(actor, case_id)
    if request.method == "POST":
        with unit_of_work():
            extract = services.make(actor, case)
        return redirect(url_for("privacy.extract", extract_id=extract.id), 303)
    log_access(actor, AccessKind.OPENED_CASE, case_id=case.id, participant_id=case.participant_id)
    made = services.list_extracts(actor, case.participant_id)
    return render_template("privacy/extract_list.html", case=case, extracts=made)


@bp.route("/registerutdrag/<uuid:extract_id>", methods=["GET", "POST"])
@requires(Permission.SUBJECT_ACCESS)
@recently_confirmed
def extract(extract_id: UUID) -> ResponseReturnValue:
    """Every text, with other people's names marked: what is handed out, and what is masked. Then the protocol."""
    actor = current_actor()
    found = services.get_extract(actor, extract_id)
    log_access(actor, AccessKind.EXTRACTED, participant_id=found.participant_id, detail="granskning")
    others = services.units_with_more(found)
    if found.handed_out_at is not None:
        counted = {choice: found.choices.count(choice) for choice in Choice}
        return render_template("privacy/extract_done.html", extract=found, counted=counted, others=others)
    texts = services.texts_of(found)
    form = review_form(texts)
    if form.validate_on_submit():
        choices = [Choice(form[f"text_{place}"].data) for place in range(len(texts))]
        with unit_of_work():
            services.hand_out(actor, services.get_extract(actor, extract_id, lock=True), choices)
        flash(_("Registerutdraget är klart att lämna ut"))
        return redirect(url_for("privacy.extract", extract_id=extract_id), 303)
    page = render_template("privacy/extract_review.html", extract=found, texts=texts, form=form, others=others)
    return page, 422 if form.is_submitted() else 200


@bp.get("/registerutdrag/<uuid:extract_id>/fil.<form>")
@requires(Permission.SUBJECT_ACCESS)
@recently_confirmed_for_file
def extract_file(extract_id: UUID, form: str) -> ResponseReturnValue:
    """The extract as it was handed out, as PDF or JSON."""
    actor = current_actor()
    found = services.get_extract(actor, extract_id)
    if found.handed_out_at is None or form not in ("pdf", "json"):
        raise NotFound(_("Filen finns inte. Granska registerutdraget först."))
    log_access(actor, AccessKind.DOWNLOADED, participant_id=found.participant_id, detail=f"registerutdrag.{form}")
    content = services.content_of(found)
    written = extract_pdf(content) if form == "pdf" else services.as_json(content)
    headers = {"Content-Disposition": f'attachment; filename="registerutdrag.{form}"'}
    return Response(written, mimetype=f"application/{form}", headers=headers)


def review_form(texts: list[Passage]) -> Any:
    """A choice for each text. Where another is named nothing is chosen beforehand."""
    choices = offered((choice.value, choice.label) for choice in Choice)
    fields = {
        f"text_{place}": RadioField(
            _("Text %(n)s", n=place + 1),
            [InputRequired(_("Välj vad som lämnas ut av text %(n)s.", n=place + 1))],
            choices=choices,
            default=None if text.names_others else Choice.KEEP.value,
        )
        for place, text in enumerate(texts)
    }
    return type("ReviewForm", (Form,), fields)()
