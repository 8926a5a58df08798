"""A small installation in which every page has something to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from caseflow.accounts import sessions
from caseflow.accounts.models import Passkey, User, UserSession
from caseflow.cases import placements, services
from caseflow.cases.grant_models import CaseGrant, GrantKind
from caseflow.cases.models import Case, SavedView
from caseflow.cases.terms import EventKind, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core import clock
from caseflow.extensions import db
from caseflow.imports import runs
from caseflow.imports.models import ImportRun
from caseflow.imports.reading import SourceFile
from caseflow.jobs.dispatch import enqueue
from caseflow.jobs.models import Job, JobStatus
from caseflow.jobs.runner import run_job
from caseflow.organisation.models import Target
from caseflow.people.models import AssistancePayment
from caseflow.privacy import extract_services
from caseflow.privacy.models import RetentionHold, Thinning
from caseflow.privacy.others import Choice
from caseflow.privacy.review_models import LogQuestion, LogReview, Reason
from caseflow.reports.kinds import REPORTS
from caseflow.reports.models import FrozenReport
from caseflow.reports.reading import QuestionForm
from caseflow.reports.services import freeze
from caseflow.security.audit import AccessKind
from caseflow.security.permissions import Permission, Role
from caseflow.security.policy import allows
from tests import factories
from tests.signing_in import sign_in

UNIT_OF = {Role.COUNSELLOR: "AMC", Role.SOCIAL_WORKER: "AFI"}
PROGRAMME = "500-uppdraget"


@dataclass
class World:
    """`cases` by stage, all from AFI to AMC; `foreign` is of two other units, with a placement and an employment.

    Holds keys, and reads the rows anew: it outlives the sessions of several tests.
    """

    app: Flask
    user_ids: dict[Role, int] = field(default_factory=dict)
    case_ids: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int | UUID] = field(default_factory=dict)
    usernames: set[str] = field(default_factory=set)
    extracts: dict[str, str] = field(default_factory=dict)
    reviews: dict[str, str] = field(default_factory=dict)

    @property
    def users(self) -> dict[Role, User]:
        return {role: db.session.get_one(User, key) for role, key in self.user_ids.items()}

    @property
    def cases(self) -> dict[str, Case]:
        return {name: db.session.get_one(Case, key) for name, key in self.case_ids.items()}

    def client(self, role: Role) -> FlaskClient:
        """A client in which the role's user is signed in."""
        client = self.app.test_client()
        sign_in(client, self.users[role])
        return client


def make_world(app: Flask) -> World:
    world = World(app, {role: factories.make_user(role, UNIT_OF.get(role)).id for role in Role})
    add_cases(world)
    add_registers(world)
    world.usernames = set(db.session.scalars(select(User.username)))
    db.session.commit()
    return world


def add_cases(world: World) -> None:
    counsellor, worker = world.users[Role.COUNSELLOR], world.users[Role.SOCIAL_WORKER]
    family = factories.make_household(children=2)
    pay(family.id, date(2020, 9, 1))
    waiting = factories.make_case(
        date(2020, 11, 2), social_worker=worker, participant=factories.make_participant(household=family)
    )
    accepted = factories.make_case(date(2020, 10, 5), social_worker=worker)
    services.accept(counsellor.actor, accepted, date(2020, 10, 8))
    met = factories.make_met_case(date(2020, 9, 1), date(2020, 9, 15), counsellor, social_worker=worker)
    placed = make_placed_case(counsellor, worker, protected=False)
    protected = make_placed_case(counsellor, worker, protected=True)
    factories.let_in(counsellor, protected)
    colleague = factories.make_user(Role.COUNSELLOR, "AMC")
    factories.let_in(colleague, protected, GrantKind.BREAK_GLASS, clock.now() + timedelta(hours=1))
    unopened = make_placed_case(counsellor, worker, protected=True)
    closed = make_placed_case(counsellor, worker, protected=False)
    services.close(counsellor.actor, closed, date(2020, 11, 6), ExitOutcome.WORK, HouseholdEffect.LEFT)
    cases = {
        "waiting": waiting,
        "accepted": accepted,
        "met": met,
        "placed": placed,
        "protected": protected,
        "unopened": unopened,
        "closed": closed,
        "foreign": make_placed_case(
            factories.make_user(Role.COUNSELLOR, "AMS"), factories.make_user(Role.SOCIAL_WORKER, "TuA"), protected=False
        ),
    }
    world.case_ids = {name: case.id for name, case in cases.items()}


def make_placed_case(counsellor: User, worker: User, *, protected: bool) -> Case:
    """Met, scored, in a work placement beside an employment that has a wage cost."""
    assert counsellor.unit is not None
    participant = factories.make_participant(name=("Hemliga", "Holm") if protected else ("Öppna", "Ohlsson"))
    participant.protected = protected
    pay(participant.household_id, date(2020, 2, 1))
    case = factories.make_case(
        date(2020, 3, 2),
        social_worker=worker,
        participant=participant,
        to_unit=counsellor.unit.code,
        programmes=[PROGRAMME],
        first_contact_on=date(2020, 2, 3),
        application_on=date(2020, 2, 10),
        decision_on=date(2020, 2, 20),
    )
    factories.accept(counsellor, case, date(2020, 3, 4))
    services.register_first_meeting(counsellor.actor, case, date(2020, 3, 12))
    services.register_assessment(counsellor.actor, case, date(2020, 3, 20), dict.fromkeys(factories.areas(), 2))
    services.register_assessment(counsellor.actor, case, date(2020, 9, 21), dict.fromkeys(factories.areas(), 4))
    services.register_follow_up(counsellor.actor, case, date(2020, 6, 1), "Det går bra.")
    services.add_note(counsellor.actor, case, "Ringer helst på förmiddagen.")
    factories.start_placement(case, date(2020, 4, 1), percent=25, planned_end_on=date(2020, 12, 20))
    employment = factories.start_placement(
        case, date(2020, 5, 4), PlacementKind.SUBSIDISED_EMPLOYMENT, 75, planned_end_on=date(2020, 11, 20)
    )
    placements.register_wage_cost(
        counsellor.actor, case, employment, date(2020, 6, 1), Decimal(24000), Decimal(9000), Decimal(5000)
    )
    db.session.commit()
    return case


def grants_of(case: Case) -> list[CaseGrant]:
    return list(db.session.scalars(select(CaseGrant).where(CaseGrant.case_id == case.id).order_by(CaseGrant.id)))


def pay(household_id: int | None, month_on: date) -> None:
    assert household_id is not None
    factories.save(
        AssistancePayment(household_id=household_id, month_on=month_on, paid_kr=Decimal(8500), recorded_at=clock.now())
    )


def add_registers(world: World) -> None:
    """What the addresses outside the cases name."""
    target = db.session.scalars(select(Target).order_by(Target.id)).first()
    workplace = factories.make_workplace()
    jobs = [add_job(world, status) for status in JobStatus]
    run = add_upload(world)
    assert target is not None
    world.ids = {
        "user_id": factories.make_user(Role.COUNSELLOR, "AMC").public_id,
        "closed_user_id": add_closed_user().public_id,
        "unit_id": factories.unit("AMC").public_id,
        "referring_unit_id": factories.unit("AFI").public_id,
        "programme_id": factories.programme().public_id,
        "target_id": target.public_id,
        "workplace_id": workplace.public_id,
        "employer_id": workplace.employer.public_id,
        "area_id": factories.areas()[1].public_id,
        "open_area_id": factories.areas()[-1].public_id,
        "job_id": jobs[-1].public_id,
        "run_id": run.public_id,
        "grant_id": grants_of(world.cases["protected"])[0].public_id,
        "glass_id": grants_of(world.cases["protected"])[-1].public_id,
        "frozen_id": add_frozen(world).public_id,
        **{f"view_id_of_{role}": add_saved_view(user).public_id for role, user in world.users.items()},
        **{f"session_id_of_{role}": add_session(user).id for role, user in world.users.items()},
        **{f"passkey_id_of_{role}": add_passkey(user).id for role, user in world.users.items()},
    }
    add_extracts(world)
    add_review(world)
    enqueue("measures.rebuild", {}, key="the measures of the pages")
    db.session.commit()
    run_waiting_jobs("measures.rebuild")


def add_extracts(world: World) -> None:
    """An extract that waits for its review and one that was handed out; a hold, and a thinning that is proposed."""
    actor = world.users[Role.MANAGER].actor
    made, handed_out = (extract_services.make(actor, world.cases["placed"]) for _ in range(2))
    choices = [Choice.KEEP for _ in extract_services.texts_of(handed_out)]
    extract_services.hand_out(actor, handed_out, choices)
    hold = RetentionHold(
        participant=world.cases["placed"].participant,
        reason="Överklagat",
        until_on=date(2021, 6, 30),
        placed_by=world.users[Role.MANAGER],
    )
    proposer = factories.make_user(Role.MANAGER, "AMC")
    thinning = Thinning(as_of_on=date(2020, 12, 1), participant_ids=[], proposed_by=proposer)
    db.session.add_all([hold, thinning])
    db.session.flush()
    rows = {"made": made, "handed out": handed_out, "hold": hold, "thinning": thinning}
    world.extracts = {name: str(row.id) for name, row in rows.items()}


def add_review(world: World) -> None:
    """Two reviews of last month: one at AMC, which asks its counsellor, and one that asks everybody else: of a case
    those who can have read one."""
    case, unit_id = world.cases["placed"], world.users[Role.COUNSELLOR].unit_id
    asked = {
        role: LogQuestion(
            audit_id=1,
            reader_id=user.id,
            participant_id=case.participant_id,
            case_id=case.id if allows(user.actor, Permission.VIEW_CASES) else None,
            kind=AccessKind.OPENED_CASE,
            read_at=datetime(2020, 11, 3, 22, 30, tzinfo=UTC),
            reasons=[Reason.NIGHT.value],
        )
        for role, user in world.users.items()
    }
    facts = {"unit_id": unit_id, "month_on": date(2020, 11, 1), "seed": "0", "drawn_at": clock.now()}
    own = LogReview(of_managers=False, questions=[asked.pop(Role.COUNSELLOR)], **facts)
    others = LogReview(of_managers=True, questions=list(asked.values()), **facts)
    factories.save(own)
    factories.save(others)
    questions = {Role.COUNSELLOR: own.questions[0], **asked}
    world.reviews = {"review_id": str(own.id), **{role: str(one.id) for role, one in questions.items()}}


def add_saved_view(user: User) -> SavedView:
    return factories.save(SavedView(user_id=user.id, name="Över måltid", query="over=1"))


def add_session(user: User) -> UserSession:
    sessions.begin(user, "Firefox, Windows")
    return sessions.list_open(user)[0]


def add_passkey(user: User) -> Passkey:
    key = {"credential_id": user.username.encode(), "public_key": b"", "sign_count": 0}
    return factories.save(Passkey(user_id=user.id, name="Min telefon", **key))


def add_closed_user() -> User:
    user = factories.make_user(Role.COUNSELLOR, "AMS")
    user.closed_at = clock.now()
    return factories.save(user)


def add_upload(world: World) -> ImportRun:
    """A file that has been checked, with a good row and one that is refused."""
    content = b"hushallsnr;antal_barn\nN-1;2\nN-2;tre\n"
    run = runs.request_run(
        world.users[Role.MANAGER].actor, [SourceFile("hushall.csv", content)], dry_run=True, strict=False
    )
    db.session.commit()
    run_waiting_jobs("imports.run")
    return run


def run_waiting_jobs(task: str) -> None:
    """Do what a worker would do with the task's jobs."""
    waiting = select(Job.id).where(Job.task == task, Job.status == JobStatus.QUEUED)
    for job_id in list(db.session.scalars(waiting)):
        assert run_job(job_id) == JobStatus.DONE


def add_frozen(world: World) -> FrozenReport:
    """The first report, frozen as it was known before anything was recorded: today every figure differs from it."""
    kind = next(iter(REPORTS.values()))
    question = QuestionForm({"kant": "2020-11-01"}, kind).read()
    assert question is not None
    serial = db.session.scalar(select(func.count()).select_from(FrozenReport)) or 0
    frozen = freeze(world.users[Role.CONTROLLER].actor, kind, question, "Delårsrapport", f"request {serial}")
    db.session.commit()
    return frozen


def add_job(world: World, status: JobStatus) -> Job:
    return factories.save(
        Job(
            task="measures.renew_case",
            args={"case_id": world.cases["placed"].id},
            key=f"example:{status}",
            status=status,
            created_at=clock.now(),
            requested_by=world.users[Role.MANAGER],
            error="Det gick inte." if status == JobStatus.DEAD else None,
        )
    )


def event_id(case: Case, kind: EventKind) -> UUID:
    """The latest event of the kind in the case that still stands."""
    return next(event.public_id for event in reversed(case.valid_events) if event.kind == kind)


def is_page(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and answer.text.lstrip().lower().startswith("<!doctype html>")


def case_now(public_id: str | UUID) -> Case:
    """The case as it is now, whoever changed it."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Case).where(Case.public_id == public_id)).one()
