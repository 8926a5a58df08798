"""A new referral: whom, where to, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Field, RadioField

from caseflow.accounts import drafts
from caseflow.cases import grants, referral_queries, services
from caseflow.cases.case_views_frame import next_page
from caseflow.cases.disclosure import fields_told
from caseflow.cases.models import Case
from caseflow.cases.referral_forms import FIELDS, NumberForm, ReferralForm, af_choice
from caseflow.cases.referral_queries import EarlierCase
from caseflow.cases.services import ReferralInput
from caseflow.cases.terms import DisclosedField
from caseflow.cases.views import bp
from caseflow.core import clock, personnummer
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.core.periods import age_on, months_between
from caseflow.core.personnummer import Identity
from caseflow.database import unit_of_work
from caseflow.organisation.disclosure import list_rules
from caseflow.organisation.models import Programme
from caseflow.organisation.queries import get_unit, list_programmes, programme_choices
from caseflow.organisation.rules import Ground
from caseflow.people import services as people
from caseflow.people.models import Household, Participant, Protection
from caseflow.people.queries import find_participant
from caseflow.people.rules import Circumstances, target_group
from caseflow.people.services import PersonInput
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.crypto import lookup_hash
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Actor, Permission
from caseflow.web.forms import offered, show_rule

# A form that comes twice within this time is the same referral sent twice.
DOUBLE_CLICK = timedelta(seconds=10)
TARGET_GROUP_PROGRAMME = "500-uppdraget"


@dataclass(frozen=True)
class Person:
    """Whom the form is about: the number, who has it if known here, and their cases. `hidden`: protected, and none of
    their cases is seen."""

    identity: Identity
    participant: Participant | None
    cases: list[EarlierCase] = field(default_factory=list)
    hidden: bool = False

    @property
    def household(self) -> Household | None:
        return self.participant.household if self.participant else None

    @property
    def ongoing(self) -> EarlierCase | None:
        return next((case for case in self.cases if case.is_open), None)

    @property
    def shown_for(self) -> str:
        """What the page remembers of whose facts it showed: the number's keyed hash."""
        return lookup_hash(self.identity.number).hex()


@bp.route("/anvisningar/ny", methods=["GET", "POST"])
@requires(Permission.REFER)
def new_referral() -> ResponseReturnValue:
    """First whom the referral is about; then the rest of the form, beside what is known of them."""
    if request.method == "GET":
        return _begin_again()
    actor, form = current_actor(), _form()
    try:
        identity = personnummer.parse(form.personnummer.data or "")
    except RuleBroken as broken:
        show_rule(form, broken)
        return _page(form, None), 422
    person = _person(actor, identity)
    if "look_up" in request.form or form.shown_for.data != person.shown_for:
        return _show(form, person)
    sent = _sent_just_now(actor, person)
    if sent is not None:
        return redirect(url_for("cases.case_page", case_id=sent.public_id), 303)
    form.require_name(person.participant is None)
    return _send(actor, form, person) if form.validate() else _refused(form, person)


def _begin_again() -> str:
    """The question whom it is about, answered where there is a draft: the rest of it comes back with the person."""
    form, draft = NumberForm(formdata=None), drafts.find(current_user.id, request.path)
    if draft is not None:
        draft.fill(form)
    return render_template("cases/new_referral.html", form=form, person=None, whole=False, draft=draft)


def _refused(form: ReferralForm, person: Person) -> tuple[str, int]:
    """The form again, with what is to be put right; what was written is kept until it is sent."""
    with unit_of_work():
        drafts.save(current_user.id, request.path, request.form)
    return _page(form, person), 422


@bp.post("/anvisningar/ny/kontroll")
@requires(Permission.REFER)
def check_referral() -> ResponseReturnValue:
    """The checks beside the form as it is filled in now; about a person only when the page already shows them."""
    form = _form()
    try:
        identity = personnummer.parse(form.personnummer.data or "")
    except RuleBroken:
        return render_template("cases/new_referral_check.html", **_checks(form, None))
    person = _person(current_actor(), identity)
    shown = person if form.shown_for.data == person.shown_for else None
    return render_template("cases/new_referral_check.html", **_checks(form, shown))


def _form() -> ReferralForm:
    form = ReferralForm()
    units = [queue.unit.code for queue in referral_queries.list_queues(clock.today())]
    form.to_unit.choices = offered([(code, code) for code in units])
    form.programmes.choices = offered(programme_choices())
    rules = list_rules(current_actor().unit_id or 0).values()
    grounds = [ground for ground in Ground if any(ground in rule.grounds for rule in rules)]
    form.ground.choices = offered([(ground.value, ground.label) for ground in grounds])
    return form


def _person(actor: Actor, identity: Identity) -> Person:
    """What the social worker may know: of a protected person whose cases they do not see, no more than the number."""
    participant = find_participant(identity)
    cases = referral_queries.list_cases_of(actor, participant.id) if participant else []
    if participant is not None and participant.protected and not any(case.visible for case in cases):
        log_access(actor, AccessKind.LOOKED_UP_PERSON, participant_id=participant.id)
        return Person(identity, None, hidden=True)
    return Person(identity, participant, cases)


def _show(form: ReferralForm, person: Person) -> ResponseReturnValue:
    """What is known of the person, with the rest of the form."""
    participant = person.participant
    if form.shown_for.data != person.shown_for:
        _begin(form, participant)
        draft = drafts.find(current_user.id, request.path)
        # A draft about somebody else would put that one's facts on this one.
        if draft is not None and draft.fields.get("shown_for") == [person.shown_for]:
            draft.fill(form)
        form.shown_for.data = person.shown_for
    if "look_up" in request.form:
        return _page(form, person)
    form.form_errors.append(_("Läs igenom uppgifterna om deltagaren, som nu är hämtade, och skicka anvisningen igen."))
    return _page(form, person), 422


def _begin(form: ReferralForm, participant: Participant | None) -> None:
    """Another person than before: what the form said of the last one goes."""
    about = (form.first_name, form.last_name, form.household_number, form.children, form.assistance_since_on)
    for one in (*about, form.af, form.activity_hours, form.ground, form.consent_on):
        one.data, one.raw_data = None, None
    defaults = {rule.default_ground for rule in list_rules(current_actor().unit_id or 0).values() if rule.grounds}
    if len(defaults) == 1:
        form.ground.data = defaults.pop()
    form.protection.data = Protection.NONE
    if participant is not None:
        form.af.data = af_choice(participant.af_registered, participant.leaves_establishment)
        form.activity_hours.data = participant.activity_hours


def _sent_just_now(actor: Actor, person: Person) -> EarlierCase | None:
    """The case that the same form has already made, when it comes twice."""
    case = person.ongoing
    if case is None or case.social_worker_id != actor.id or clock.now() - case.created_at > DOUBLE_CLICK:
        return None
    return case


def _send(actor: Actor, form: ReferralForm, person: Person) -> ResponseReturnValue:
    """Send the referral, or say at which field a rule stops it."""
    try:
        with unit_of_work():
            case = _refer(actor, form, person.identity)
            if person.hidden:
                grants.keep_referrer_out(case)
            drafts.remove(current_user.id, request.path)
            public_id, unit = case.public_id, case.to_unit.code
    except RuleBroken as broken:
        show_rule(form, RuleBroken(broken.message, FIELDS.get(broken.field or "", broken.field)))
        return _refused(form, _person(actor, person.identity))
    flash(_("Anvisning skickad till %(unit)s", unit=unit))
    return redirect(next_page(public_id), 303)


def _refer(actor: Actor, form: ReferralForm, identity: Identity) -> Case:
    assert form.referred_on.data is not None
    programmes = [programme for programme in list_programmes() if programme.code in (form.programmes.data or [])]
    _check_programmes(programmes, form.referred_on.data)
    person = PersonInput(
        identity,
        form.first_name.data or "",
        form.last_name.data or "",
        form.protection.data,
        form.household_number.data or "",
        form.children.data,
        form.assistance_since_on.data,
    )
    participant = people.ensure_participant(
        actor, person, form.situation, partial(referral_queries.sees_household, actor)
    )
    referral = ReferralInput(
        to_unit=get_unit(form.to_unit.data),
        referred_on=form.referred_on.data,
        first_contact_on=form.first_contact_on.data,
        application_on=form.application_on.data,
        decision_on=form.decision_on.data,
        reason=form.reason.data or "",
        programmes=programmes,
        ground=Ground(form.ground.data),
        consent_on=form.consent_on.data,
    )
    return services.refer(actor, participant, referral)


def _check_programmes(programmes: list[Programme], on: date) -> None:
    """Refuse a programme that is not running on the day."""
    for programme in programmes:
        starts, ends = programme.starts_on or date.min, programme.ends_on or date.max
        if not starts <= on <= ends:
            span = f"{programme.starts_on or ''}–{programme.ends_on or ''}"
            raise RuleBroken(
                _(
                    "%(programme)s pågår %(span)s. Välj bort det eller ändra datumet.",
                    programme=programme.name,
                    span=span,
                ),
                field="programmes",
            )


def _page(form: ReferralForm, person: Person | None) -> str:
    """The form. Before a person has been shown it asks for the number alone."""
    return render_template(
        "cases/new_referral.html", form=form, person=person, whole=bool(form.shown_for.data), **_checks(form, person)
    )


def _checks(form: ReferralForm, person: Person | None) -> dict[str, Any]:
    """The target group of 500-uppdraget, judged by what is known and what the form says, and the wait. That the person
    is shown is logged."""
    today = clock.today()
    queues = referral_queries.list_queues(today)
    found: dict[str, Any] = {
        "queues": queues,
        "queue": next((one for one in queues if one.unit.code == form.to_unit.data), None),
    }
    if person is None:
        return found | {"group": None}
    participant_id = person.participant.id if person.participant else None
    log_access(current_actor(), AccessKind.LOOKED_UP_PERSON, participant_id=participant_id)
    found |= {"disclosed": _disclosed(form), "ground": next((g for g in Ground if g == form.ground.data), None)}
    household, situation = person.household, form.situation
    children = household.children if household and household.children is not None else form.children.data
    since = household.assistance_since_on if household else None
    since = since or form.assistance_since_on.data
    facts = Circumstances(
        person.identity.birth_on,
        since,
        situation.af_registered,
        situation.leaves_establishment,
        situation.activity_hours,
        children,
    )
    return found | {
        "missing": _missing(form, person),
        "group": target_group(facts, form.referred_on.data or today),
        "children": children,
        "in_programme": TARGET_GROUP_PROGRAMME in (form.programmes.data or []),
        "age": age_on(person.identity.birth_on, today),
        "assistance_months": months_between(since, today) if since else None,
    }


def _disclosed(form: ReferralForm) -> list[DisclosedField]:
    """What the referral hands over as the form is filled in now."""
    return fields_told(
        form.situation,
        dates=any((form.first_contact_on.data, form.application_on.data, form.decision_on.data)),
        reason=bool(form.reason.data),
        programmes=bool(form.programmes.data),
    )


def _missing(form: ReferralForm, person: Person) -> list[tuple[str, str]]:
    """What must be filled in before the referral can be sent: the control's id and the field's name."""
    needed: list[Field] = [form.to_unit, form.referred_on, form.af, form.reason, form.ground]
    if form.ground.data == Ground.CONSENT:
        needed.append(form.consent_on)
    if person.participant is None:
        needed = [form.first_name, form.last_name, *needed]
    return [
        (next((choice.id for choice in one), one.id) if isinstance(one, RadioField) else one.id, str(one.label.text))
        for one in needed
        if not one.data
    ]
