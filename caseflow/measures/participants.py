"""F1 and F6: participants enrolled, and those whose basic employability rose.

A participant is enrolled from the first meeting, or from the first placement where no meeting is recorded, until the
case closes, and again from a reopening. The day of closing is not a day of enrolment. Who has two cases open at once
counts once, with the one enrolled last.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, CTE, Date, Integer, Select, Subquery, and_, case, cast, column, func, literal, or_, select

from caseflow.cases.models import AssessmentScore, CaseEvent
from caseflow.cases.terms import EventKind
from caseflow.core.language import _, _l
from caseflow.measures.facts import Facts, chosen_cases
from caseflow.measures.figures import counting_days
from caseflow.measures.measure import Better, Measure, Sum, columns, said
from caseflow.measures.milestones import CLOSING, valid_events
from caseflow.measures.selection import Cut, Selection

K = EventKind
COMPARED, NOT_RAISED, LACKING = "compared", "not_raised", "lacking"


@lru_cache(maxsize=16)
def enrolments(cut: Cut) -> CTE:
    """Spans in which a case was enrolled: case_id, from_on (counted), until_on (not counted; null: goes on).

    The same object for the same cut: a statement that asks for several figures reads the log once.

    Closing and reopening alternate, so a case is closed at the end of a day when it has by then been closed more often
    than reopened. Spans of a case never overlap.
    """
    e = CaseEvent
    step = case((e.kind.in_(CLOSING), 1), (e.kind == K.REOPENED, -1), else_=0)
    days = (
        select(
            e.case_id,
            e.occurred_on.label("day"),
            func.sum(step).label("step"),
            func.bool_or(e.kind == K.FIRST_MEETING).label("met"),
            func.bool_or(e.kind == K.PLACEMENT_STARTED).label("placed"),
        )
        .where(e.kind.in_([*CLOSING, K.REOPENED, K.FIRST_MEETING, K.PLACEMENT_STARTED]), valid_events(cut))
        .group_by(e.case_id, e.occurred_on)
        .subquery()
    )
    d = days.c
    begun = select(
        d.case_id,
        d.day,
        d.step,
        func.coalesce(
            func.min(d.day).filter(d.met).over(partition_by=d.case_id),
            func.min(d.day).filter(d.placed).over(partition_by=d.case_id),
        ).label("begins_on"),
    ).subquery()
    b = begun.c
    turns = (
        select(
            b.case_id,
            b.day.label("from_on"),
            func.lead(b.day).over(partition_by=b.case_id, order_by=b.day).label("until_on"),
            func.sum(b.step).over(partition_by=b.case_id, order_by=b.day).label("closings"),
            b.begins_on,
        )
        .where(or_(b.step != 0, b.day == b.begins_on))
        .subquery()
    )
    t = turns.c
    return select(t.case_id, t.from_on, t.until_on).where(t.closings <= 0, t.from_on >= t.begins_on).cte()


def enrolled_rows(selection: Selection) -> Select[Any]:
    """One row per participant and month in which the participant was enrolled on the day that counts."""
    facts, days = Facts(selection.cut), counting_days(selection)
    case_of, person, span = facts.case, facts.participant, enrolments(selection.cut)
    # An array, not VALUES: those would have the statement, and every one it is part of, compiled anew each time.
    counted = func.unnest(literal(days, ARRAY(Date))).table_valued(column("day", Date), name="counted").render_derived()
    found = (
        select(
            case_of.id, person.sex, case_of.to_unit_id, counted.c.day, chosen_cases(facts, selection).label("chosen")
        )
        .distinct(counted.c.day, case_of.participant_id)
        .select_from(counted)
        .join(
            span,
            and_(span.c.from_on <= counted.c.day, or_(span.c.until_on.is_(None), span.c.until_on > counted.c.day)),
        )
        .join(case_of, case_of.id == span.c.case_id)
        .join(person, person.id == case_of.participant_id)
        .order_by(counted.c.day, case_of.participant_id, span.c.from_on.desc(), case_of.id.desc())
        .subquery()
    )
    f = found.c
    text = _("Inskriven {day}: hade haft första möte eller placering och var inte avslutad.")
    why = said(text, day=func.to_char(f.day, "YYYY-MM-DD"))
    return select(*columns(case_id=f.id, sex=f.sex, unit_id=f.to_unit_id, day=f.day, why=why)).where(f.chosen)


def employability_rows(selection: Selection) -> Select[Any]:
    """One row per participant enrolled some day of the period, by how the latest assessment stands to the first.

    The areas scored both times are summed; the later sum higher is a rise. Part "": those who rose. "compared": all who
    can be compared, value 1 or 0. "not_raised": those of them who did not rise. "lacking": those with fewer than two
    assessments, or none of whose areas was scored both times.
    """
    return _by_part(_employable(selection.only(part="")).c, selection.part)


@lru_cache(maxsize=16)
def _employable(selection: Selection) -> CTE:
    """Those enrolled some day of the period, with the sums of their first and latest assessment.

    The same object for the same selection: a statement that asks for every part of it works this out once.
    """
    facts, last_on = Facts(selection.cut), selection.last_on
    case_of, person, span = facts.case, facts.participant, enrolments(Cut(last_on, selection.cut.known_at))
    enrolled = (
        select(span.c.case_id, func.max(span.c.from_on).label("from_on"))
        .where(
            span.c.from_on <= last_on,
            or_(span.c.until_on.is_(None), span.c.until_on > selection.period.from_on),
            # A period that has not begun holds nobody.
            literal(selection.period.from_on) <= last_on,
        )
        .group_by(span.c.case_id)
        .subquery()
    )
    change = _changes(Cut(last_on, selection.cut.known_at))
    return (
        select(
            case_of.id,
            person.sex,
            case_of.to_unit_id,
            func.coalesce(change.c.latest_on, enrolled.c.from_on).label("day"),
            change.c.first_sum,
            change.c.latest_sum,
            chosen_cases(facts, selection).label("chosen"),
        )
        .distinct(case_of.participant_id)
        .join(enrolled, enrolled.c.case_id == case_of.id)
        .join(person, person.id == case_of.participant_id)
        .join(change, change.c.case_id == case_of.id, isouter=True)
        .order_by(case_of.participant_id, enrolled.c.from_on.desc(), case_of.id.desc())
        .cte()
    )


def _by_part(f: Any, part: str) -> Select[Any]:
    lacks = f.latest_sum.is_(None)
    rose = f.latest_sum > f.first_sum
    text = _(
        "{how}: summan av de områden som skattats båda gångerna var {first} vid den första skattningen och {latest} "
        "vid den senaste."
    )
    how = case((rose, _("Höjd")), else_=_("Inte höjd"))
    why = case(
        (lacks, _("Kan inte jämföras: färre än två skattningar, eller inget område skattat båda gångerna.")),
        else_=said(text, how=how, first=f.first_sum, latest=f.latest_sum),
    )
    wanted = {"": rose, COMPARED: ~lacks, NOT_RAISED: ~rose, LACKING: lacks}[part]
    value = cast(func.coalesce(rose, False), Integer)
    return select(*columns(case_id=f.id, sex=f.sex, unit_id=f.to_unit_id, day=f.day, value=value, why=why)).where(
        f.chosen, wanted
    )


@lru_cache(maxsize=16)
def _changes(cut: Cut) -> CTE:
    """Per case with two assessments: day of the latest, and the sums of the areas scored in it and in the first."""
    first, latest = _assessed(cut, "first"), _assessed(cut, "latest", last=True)
    then, now = (AssessmentScore.__table__.alias(name) for name in ("then", "now"))
    return (
        select(
            latest.c.case_id,
            latest.c.occurred_on.label("latest_on"),
            func.sum(then.c.value).label("first_sum"),
            func.sum(now.c.value).label("latest_sum"),
        )
        .join(first, and_(first.c.case_id == latest.c.case_id, first.c.id != latest.c.id))
        .join(now, now.c.assessment_id == latest.c.assessment_id)
        .join(then, and_(then.c.assessment_id == first.c.assessment_id, then.c.area_id == now.c.area_id))
        .group_by(latest.c.case_id, latest.c.occurred_on)
        .cte()
    )


def _assessed(cut: Cut, name: str, last: bool = False) -> Subquery:
    """The first or the latest assessment of each case.

    By DISTINCT ON and not by numbered rows: of those PostgreSQL expects one in all, and then joins them the slow way.
    """
    e = CaseEvent
    order = [one.desc() if last else one.asc() for one in (e.occurred_on, e.sequence, e.id)]
    return (
        select(e.case_id, e.id, e.occurred_on, e.assessment_id)
        .distinct(e.case_id)
        .where(e.kind == K.ASSESSED, valid_events(cut))
        .order_by(e.case_id, *order)
        .subquery(name)
    )


def compared_rows(selection: Selection) -> Select[Any]:
    """Those who can be compared."""
    return employability_rows(selection.only(part=COMPARED))


ENROLLED = Measure(
    key="F1",
    label=_l("Inskrivna deltagare, i genomsnitt per månad"),
    unit=_l("deltagare"),
    definition=_l(
        "Deltagare som är inskrivna på månadens sista dag, eller på brytdagen i en månad som inte är slut, i "
        "genomsnitt över periodens månader. En deltagare är inskriven från första mötet, eller från första "
        "placeringen om inget möte är registrerat, tills ärendet avslutas, och på nytt när det återöppnas. "
        "Avslutsdagen räknas inte. Den som har två ärenden samtidigt räknas en gång, i det senast inskrivna. Enhet: "
        "den som tar emot."
    ),
    source=_l("Ärendenas händelser; nämndindikator F1"),
    rows=enrolled_rows,
    sum=Sum.PER_MONTH,
)

RAISED = Measure(
    key="F6",
    label=_l("Deltagare med höjd grundläggande anställningsbarhet"),
    unit=_l("deltagare"),
    definition=_l(
        "Deltagare som var inskrivna någon dag i perioden och vars senaste skattning är högre än den första. De "
        "områden som skattats båda gångerna summeras; summan ska vara högre. Den som har färre än två skattningar "
        "kan inte jämföras och redovisas för sig."
    ),
    source=_l("Ärendenas händelser; nämndindikator F6"),
    rows=employability_rows,
    better=Better.HIGHER,
    parts_of=lambda: (
        (COMPARED, _("alla som kan jämföras")),
        (NOT_RAISED, _("kan jämföras men är inte höjda")),
        (LACKING, _("saknar en andra skattning")),
    ),
)

RAISED_SHARE = Measure(
    key="F6_share",
    label=_l("Andel med höjd anställningsbarhet, av dem som kan jämföras"),
    unit="%",
    definition=_l("F6 i procent av de inskrivna deltagare som har minst två skattningar med något område gemensamt."),
    source=_l("Ärendenas händelser; nämndindikator F6"),
    rows=compared_rows,
    sum=Sum.SHARE,
    better=Better.HIGHER,
    decimals=1,
)

PARTICIPANT_MEASURES = (ENROLLED, RAISED, RAISED_SHARE)
