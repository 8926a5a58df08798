"""Objects for tests, saved and committed. Dates are always the caller's; people are fictitious."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import TypeVar

from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.cases import placements, services
from caseflow.cases.grant_models import CaseGrant, GrantKind
from caseflow.cases.models import AssessmentArea, Case, Placement
from caseflow.cases.placements import PlacementInput
from caseflow.cases.services import ReferralInput
from caseflow.cases.terms import EmploymentForm, PlacementKind
from caseflow.core import clock, personnummer
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.organisation.models import Employer, Programme, Unit, Workplace
from caseflow.organisation.queries import get_programme, get_unit
from caseflow.organisation.rules import Ground, Sector
from caseflow.people.models import Household, Participant, Protection
from caseflow.security.permissions import Role

_serial = count(1)
# Workplaces were there before anything that a test tells of.
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
T = TypeVar("T")


def number_for(birth_on: date, sex: Sex = Sex.WOMAN) -> str:
    """The Tax Agency's test number of the day: birth number 238 for women, 239 for men, and the check digit."""
    digits = f"{birth_on:%y%m%d}{'238' if sex == Sex.WOMAN else '239'}"
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(digits))
    return f"{birth_on:%Y%m%d}-{digits[-3:]}{-total % 10}"


def make_user(role: Role = Role.COUNSELLOR, unit: str | None = "AMC", name: str | None = None) -> User:
    serial = next(_serial)
    user = User(
        username=f"user{serial}",
        name=name or f"Testanvändare {serial}",
        role=role,
        unit_id=get_unit(unit).id if unit else None,
        password_hash="!",
    )
    return save(user)


def make_household(children: int = 0, since: date | None = date(2018, 3, 1), number: str | None = None) -> Household:
    return save(Household(number=number or f"H{next(_serial)}", children=children, assistance_since_on=since))


def make_participant(
    birth_on: date | None = None,
    sex: Sex = Sex.WOMAN,
    name: tuple[str, str] = ("Test", "Testsson"),
    household: Household | None = None,
    **facts: object,
) -> Participant:
    """Without a birth date everybody gets a day of their own in 1980–."""
    born = birth_on or date.fromordinal(date(1980, 1, 1).toordinal() + next(_serial))
    participant = Participant(
        first_name=name[0], last_name=name[1], household=household or make_household(), protected=False, **facts
    )
    participant.set_identity(personnummer.parse(number_for(born, sex)))
    return save(participant)


def make_case(
    referred_on: date,
    *,
    participant: Participant | None = None,
    social_worker: User | None = None,
    to_unit: str = "AMC",
    programmes: Sequence[str] = (),
    first_contact_on: date | None = None,
    application_on: date | None = None,
    decision_on: date | None = None,
) -> Case:
    """A case as the referral leaves it."""
    worker = social_worker or make_user(Role.SOCIAL_WORKER, "AFI")
    given = ReferralInput(
        to_unit=get_unit(to_unit),
        referred_on=referred_on,
        first_contact_on=first_contact_on,
        application_on=application_on,
        decision_on=decision_on,
        reason="Behöver praktik.",
        programmes=[get_programme(name) for name in programmes],
        ground=Ground.NO_HARM,
    )
    case = services.refer(worker.actor, participant or make_participant(), given)
    db.session.commit()
    return case


def make_met_case(referred_on: date, met_on: date, counsellor: User | None = None, **facts: object) -> Case:
    """A case that AMC (or `to_unit`) has accepted on the referral day and met."""
    case = make_case(referred_on, **facts)  # type: ignore[arg-type]
    user = counsellor or make_user(Role.COUNSELLOR, case.to_unit.code)
    accept(user, case, referred_on)
    services.register_first_meeting(user.actor, case, met_on)
    db.session.commit()
    return case


def accept(user: User, case: Case, on: date) -> None:
    """The user takes the case; a protected person has become so since, for whom nobody is let in by that."""
    person = case.participant
    kind, person.protection = person.protection, Protection.NONE
    services.accept(user.actor, case, on)
    person.protection = kind
    db.session.flush()


def let_in(user: User, case: Case, kind: GrantKind = GrantKind.MANAGER, until_at: datetime | None = None) -> CaseGrant:
    """The user may see the protected case from now on."""
    grant = CaseGrant(case=case, user=user, kind=kind, reason="Ansvarig", from_at=clock.now(), until_at=until_at)
    return save(grant)


def make_workplace(name: str = "Centralköket", employer: str = "Leanlink") -> Workplace:
    found = db.session.scalar(select(Employer).where(Employer.name == employer))
    owner = found or Employer(name=employer, sector=Sector.MUNICIPALITY, known_since_at=LONG_AGO)
    return save(Workplace(name=f"{name} {next(_serial)}", employer=owner, known_since_at=LONG_AGO))


def start_placement(
    case: Case,
    on: date,
    kind: PlacementKind = PlacementKind.INTERNSHIP,
    percent: int = 50,
    workplace: Workplace | None = None,
    planned_end_on: date | None = None,
) -> Placement:
    form = EmploymentForm.EXTRA_SERVICE if kind.is_employment else None
    given = PlacementInput(kind, workplace or make_workplace(), percent, on, form, planned_end_on=planned_end_on)
    assert case.counsellor is not None
    placement = placements.register_placement(case.counsellor.actor, case, given)
    db.session.commit()
    return placement


def areas() -> list[AssessmentArea]:
    return list(db.session.scalars(select(AssessmentArea).order_by(AssessmentArea.position)))


def programme(name: str = "500-uppdraget") -> Programme:
    return get_programme(name)


def unit(code: str) -> Unit:
    return get_unit(code)


def save(row: T) -> T:
    db.session.add(row)
    db.session.commit()
    return row
