"""Draw a review of the log, answer its questions, mark them, sign it off.

Nobody reviews their own readings: a manager's are reviewed by another manager.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text

from caseflow.cases.models import Case
from caseflow.cases.queries import protected_of, visible_to
from caseflow.core import clock
from caseflow.core.errors import NotAllowed, NotFound, RuleBroken
from caseflow.core.language import _, in_swedish
from caseflow.core.periods import add_months, first_of_month
from caseflow.extensions import db
from caseflow.privacy.review_draw import draw
from caseflow.privacy.review_models import LogQuestion, LogReview, Verdict
from caseflow.security import audit
from caseflow.security.permissions import Actor, Permission, Role
from caseflow.security.policy import permit

MONTHS_BACK = 12
TEXT_LENGTH = 1_000


def months(today: date) -> list[date]:
    """The whole months that can be reviewed, the latest first."""
    return [add_months(first_of_month(today), -back) for back in range(1, MONTHS_BACK + 1)]


def draw_review(actor: Actor, unit_id: int | None, of_managers: bool, month_on: date) -> LogReview:
    """The month's review, drawn now unless it has been already. Raises RuleBroken, NotAllowed, NotFound."""
    permit(actor, Permission.REVIEW_LOG)
    if month_on not in months(clock.today()):
        raise RuleBroken(_("Välj en av de senaste tolv hela månaderna."))
    check_reviewer(actor, unit_id, of_managers)
    # Two managers who draw at once get one review.
    db.session.execute(text("LOCK TABLE log_review IN SHARE ROW EXCLUSIVE MODE"))
    same = (LogReview.of_managers == of_managers, LogReview.month_on == month_on)
    found = db.session.scalar(select(LogReview).where(LogReview.unit_id.is_not_distinct_from(unit_id), *same))
    if found is not None:
        return found
    review = LogReview(
        unit_id=unit_id,
        of_managers=of_managers,
        month_on=month_on,
        seed=secrets.token_hex(16),
        drawn_at=clock.now(),
        drawn_by_id=actor.id,
    )
    review.questions = [LogQuestion(**vars(one)) for one in draw(unit_id, of_managers, month_on, review.seed)]
    db.session.add(review)
    db.session.flush()
    return review


def check_reviewer(actor: Actor, unit_id: int | None, of_managers: bool) -> None:
    """Raise NotFound for another unit's staff, NotAllowed for managers of whom the actor is one."""
    if not of_managers:
        if actor.unit_id not in (None, unit_id):
            raise NotFound(_("Granskningen finns inte bland dem du kan se."))
    elif actor.unit_id == unit_id:
        raise NotAllowed(_("Dina egna läsningar granskas av en annan chef. Be en chef på en annan enhet."))


def may_review(actor: Actor, review: LogReview) -> bool:
    """Whether it is for the actor to see: not where one of its readings is their own, whatever unit they have now."""
    own = any(question.reader_id == actor.id for question in review.questions)
    try:
        check_reviewer(actor, review.unit_id, review.of_managers)
    except (NotAllowed, NotFound):
        return False
    return not own


def list_reviews(actor: Actor) -> list[LogReview]:
    """The reviews that the actor may see, the latest month first."""
    query = select(LogReview).order_by(LogReview.month_on.desc(), LogReview.drawn_at.desc(), LogReview.id)
    return [review for review in db.session.scalars(query) if may_review(actor, review)]


def get_review(actor: Actor, review_id: UUID, *, lock: bool = False) -> LogReview:
    """Raises NotFound where it is not the actor's to review."""
    permit(actor, Permission.REVIEW_LOG)
    query = select(LogReview).where(LogReview.id == review_id)
    review = db.session.scalar(query.with_for_update(of=LogReview) if lock else query)
    if review is None or not may_review(actor, review):
        raise NotFound(_("Granskningen finns inte bland dem du kan se."))
    return review


def mark(actor: Actor, question_id: UUID, verdict: str, comment: str) -> LogReview:
    """Say that a reading was reasonable, or that it is to be looked into. Raises RuleBroken."""
    question = db.session.get(LogQuestion, question_id)
    if question is None:
        raise NotFound(_("Frågan finns inte."))
    review = get_review(actor, question.review_id, lock=True)
    _check_open(review)
    if verdict not in set(Verdict):
        raise RuleBroken(_("Välj om läsningen är rimlig eller ska utredas."))
    question.verdict, question.comment = Verdict(verdict), comment.strip()[:TEXT_LENGTH]
    question.marked_at, question.marked_by_id = clock.now(), actor.id
    db.session.flush()
    return review


def sign_off(actor: Actor, review_id: UUID) -> LogReview:
    """Close the review and keep its protocol. Raises RuleBroken while a reading is still to be marked."""
    review = get_review(actor, review_id, lock=True)
    _check_open(review)
    if review.waiting:
        raise RuleBroken(_("Bedöm alla läsningar först. %(count)s återstår.", count=review.waiting))
    with in_swedish():
        protocol = _protocol(review, actor)
    review.protocol, review.signed_at, review.signed_by_id = protocol, clock.now(), actor.id
    db.session.flush()
    return review


def list_questions(actor: Actor) -> list[LogQuestion]:
    """What the actor is asked about their own readings, until the review is signed off."""
    query = select(LogQuestion).join(LogReview).where(*_asked(actor))
    return list(db.session.scalars(query.order_by(LogQuestion.read_at, LogQuestion.audit_id)))


def count_unanswered(actor: Actor) -> int:
    """How many of those wait for an answer."""
    query = select(func.count()).select_from(LogQuestion).join(LogReview)
    return db.session.scalar(query.where(*_asked(actor), LogQuestion.answered_at.is_(None))) or 0


def _asked(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (LogQuestion.reader_id == actor.id, LogReview.signed_at.is_(None))


def answer(actor: Actor, question_id: UUID, told: str) -> None:
    """The reader says why. Raises NotFound for anybody else's question, RuleBroken."""
    question = db.session.get(LogQuestion, question_id)
    if question is None or question.reader_id != actor.id:
        raise NotFound(_("Frågan finns inte."))
    _check_open(question.review)
    if not told.strip():
        raise RuleBroken(_("Skriv varför du läste uppgifterna."))
    question.answer, question.answered_at = told.strip()[:TEXT_LENGTH], clock.now()
    db.session.flush()


def numbers_of(actor: Actor, questions: Sequence[LogQuestion]) -> dict[UUID, str]:
    """What to call whom the readings are about: the case number, where the actor may know it. That it is shown is
    logged."""
    ids = [question.case_id for question in questions if question.case_id is not None]
    may_know = or_(visible_to(actor), protected_of(actor)) if actor.role == Role.MANAGER else visible_to(actor)
    query = select(Case.id, Case.number).where(Case.id.in_(ids), may_know)
    known = dict(db.session.execute(query).tuples().all())
    for question in questions:
        audit.read(question.participant_id, question.case_id)
    return {question.id: known.get(question.case_id or 0, "") for question in questions}


def _check_open(review: LogReview) -> None:
    if review.signed_at is not None:
        raise RuleBroken(_("Granskningen är redan signerad."))


def _protocol(review: LogReview, actor: Actor) -> dict[str, Any]:
    """Everything as it is called now: names, units and words may change later."""
    numbers = numbers_of(actor, review.questions)
    return {
        "unit": review.unit.name if review.unit else "",
        "of_managers": review.of_managers,
        "month": review.month_on.isoformat()[:7],
        "seed": review.seed,
        "signed_by": actor.name,
        "rows": [
            {
                "reader": question.reader.name,
                "read_at": question.read_at.isoformat(),
                "case": numbers[question.id],
                "what": question.kind.label,
                "reasons": question.reason_labels,
                "answer": question.answer,
                "verdict": question.verdict.label if question.verdict else "",
                "comment": question.comment,
                "audit_id": question.audit_id,
            }
            for question in review.questions
        ],
    }
