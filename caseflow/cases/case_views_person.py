"""The page where what is known of a participant is corrected."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import DataRequired, Length, Optional

from caseflow.cases import correcting_person, forms, referral_forms
from caseflow.cases.case_views_frame import StepPage, open_case, run
from caseflow.cases.correcting_person import PersonFacts
from caseflow.cases.models import Case
from caseflow.cases.views import bp
from caseflow.core import personnummer
from caseflow.core.language import _, _l
from caseflow.people.models import Protection
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import offered, strip

LETTERS = Length(max=80, message=_l("Skriv högst 80 tecken."))


class PersonForm(forms.StepForm):
    """What is known of the participant. The number is written only when it is wrong."""

    first_name = StringField(_l("Förnamn"), [DataRequired(_l("Skriv förnamnet.")), LETTERS], filters=[strip])
    last_name = StringField(_l("Efternamn"), [DataRequired(_l("Skriv efternamnet.")), LETTERS], filters=[strip])
    personnummer = StringField(
        _l("Nytt personnummer eller samordningsnummer"),
        [Optional(), Length(max=20, message=_l("Skriv personnumret med tolv siffror."))],
        filters=[strip],
        description=_l("Lämna tomt om numret är rätt. Tolv siffror, ÅÅÅÅMMDD-NNNN. Slagningen loggas."),
    )
    protection = referral_forms.protection()
    children = referral_forms.children()
    assistance_since_on = referral_forms.assistance_since()
    af = referral_forms.registered()
    activity_hours = referral_forms.activity_hours()
    reason = forms.why()

    @property
    def facts(self) -> PersonFacts:
        """What the form says. Raises RuleBroken for a number that cannot be."""
        return PersonFacts(
            self.first_name.data or "",
            self.last_name.data or "",
            personnummer.parse(self.personnummer.data) if self.personnummer.data else None,
            self.children.data if "children" in self else None,
            self.assistance_since_on.data if "assistance_since_on" in self else None,
            referral_forms.situation(self.af.data, self.activity_hours.data),
            self.protection.data,
        )


@bp.route("/arenden/<uuid:case_id>/personuppgifter", methods=["GET", "POST"])
@requires(Permission.CORRECT_PERSON)
def correct_person(case_id: UUID) -> ResponseReturnValue:
    """What is known of the participant is wrong."""
    case = open_case(case_id, lambda case: None)
    form = PersonForm()
    if case.participant.household is None:
        del form.children, form.assistance_since_on
    if case.participant.protected:
        form.protection.choices = offered((kind, kind.label) for kind in Protection if kind != Protection.NONE)
    if request.method == "GET":
        _fill(form, case)
    page = StepPage(
        _("Rätta personuppgifter"),
        _("Registrera rättelse"),
        _("Personuppgifter rättade"),
        failed=_("Personuppgifterna är inte rättade"),
        intro=_("Rätta det som är fel om deltagaren. Vad som rättades och varför skrivs som en anteckning i ärendet."),
    )
    return run(
        case,
        form,
        page,
        lambda case: None,
        lambda actor, locked: correcting_person.correct_person(actor, locked, form.facts, form.reason.data),
    )


def _fill(form: PersonForm, case: Case) -> None:
    person = case.participant
    if person.protected:
        log_access(current_actor(), AccessKind.REVEALED_IDENTITY, case_id=case.id, participant_id=case.participant_id)
    form.first_name.data, form.last_name.data = person.first_name, person.last_name
    form.protection.data = person.protection
    form.af.data = referral_forms.af_choice(person.af_registered, person.leaves_establishment) or "vet_ej"
    form.activity_hours.data = person.activity_hours
    if person.household is not None:
        form.children.data = person.household.children
        form.assistance_since_on.data = person.household.assistance_since_on
