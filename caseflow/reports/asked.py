"""What a report was asked about, in words, and what its measures mean: the same lines in every report."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from caseflow.core.language import _, _l
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.measures.facts import Facts, as_known
from caseflow.measures.measure import Measure
from caseflow.measures.selection import Cut, Period, Selection
from caseflow.organisation.models import Unit
from caseflow.reports.document import Definition
from caseflow.reports.question import Question
from caseflow.web.formatting import klockslag

SEX_LABELS = {Sex.WOMAN: _l("Kvinnor"), Sex.MAN: _l("Män")}


def sex_label(sex: Sex) -> str:
    """Women or men, in the reader's language."""
    return str(SEX_LABELS[sex])


def selection_of(question: Question) -> Selection:
    """What the whole report counts; `only` narrows it to a cell."""
    return Selection(question.period, question.cut, question.chosen)


def facts_of(question: Question) -> tuple[tuple[str, str], ...]:
    """Period, cut-off and filter as label and words; what is not chosen is left out."""
    chosen, known_at = question.chosen, question.cut.known_at
    words = (
        (_("Period"), spoken(question.period)),
        (_("Brytdag"), question.cut.as_of.isoformat()),
        (_("Som det var känt"), klockslag(known_at) if known_at else None),
        (_("Enhet"), _("%(unit)s (anvisar eller tar emot)", unit=chosen.unit.code) if chosen.unit else None),
        (_("Program"), as_known(chosen.programme, known_at).name if chosen.programme else None),
        (_("Kön"), sex_label(chosen.sex) if chosen.sex else None),
        (_("Ålder"), _("%(ages)s på periodens sista räknade dag", ages=chosen.ages.label) if chosen.ages else None),
    )
    return tuple((label, word) for label, word in words if word is not None)


def units_then(cut: Cut) -> dict[str, Unit]:
    """The units by the code that each had as known at the cut's instant."""
    then = Facts(cut).unit
    codes = dict(db.session.execute(select(then.id, then.code)).tuples().all())
    return {codes[unit.id]: unit for unit in db.session.scalars(select(Unit)) if unit.id in codes}


def spoken(period: Period) -> str:
    """2020-01-01–2020-12-31."""
    return f"{period.from_on}–{period.to_on}"


def definitions_of(measures: Iterable[Measure]) -> tuple[Definition, ...]:
    """The definitions of the measures that a report shows."""
    return tuple(Definition(str(measure.label), str(measure.definition), str(measure.source)) for measure in measures)
