"""What every installation starts with: units, programmes and targets. Adds what is missing, changes nothing.

Sources: internbudget AN 2019 (targets W1, F2–F7, H1, H2), slutrapport 500-uppdraget (goals, grants, lowered budget).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

from sqlalchemy import select

from caseflow.extensions import db
from caseflow.organisation.models import DisclosureRule, Programme, ProgrammeBudget, ProgrammeGoal, Target, Unit
from caseflow.organisation.rules import Ground, UnitKind

UNITS = (
    ("AFI", "Avdelningen för försörjningsinsatser", UnitKind.REFERS, ""),
    ("TuA", "Tillfälligt utan arbete", UnitKind.REFERS, ""),
    ("JKT", "Jobb- och kunskapstorget", UnitKind.REFERS, ""),
    ("Etableringsteamet", "Etableringsteamet", UnitKind.REFERS, ""),
    ("AMC", "Arbetsmarknadscentrum", UnitKind.RECEIVES, "Kartläggning, vägledning, praktik och anställning"),
    ("AMS", "Arbetsmarknadsservice", UnitKind.RECEIVES, "Arbetsträning och praktisk bedömning"),
    ("OSA", "Offentligt skyddat arbete", UnitKind.RECEIVES, "Offentligt skyddat arbete, bedömning"),
    ("HR-arbetsmarknad", "HR-arbetsmarknad", UnitKind.SUPPORTS, ""),
)

PROGRAMMES = (
    ("500-uppdraget", "500-uppdraget", date(2019, 1, 1), date(2020, 12, 31), 500, "Återbruket"),
    ("visa", "VISA", date(2017, 1, 1), None, None, ""),
    ("korta-etableringen", "Korta etableringen", date(2019, 1, 1), None, None, ""),
    ("heltidsaktivering", "Heltidsaktivering", date(2018, 1, 1), None, None, ""),
    ("extratjanster", "Extratjänster", date(2016, 1, 1), None, None, ""),
)

# Year, granted to 500-uppdraget, assistance budget lowered on the strength of it. Kronor.
BUDGETS_500 = (
    (2019, 10_000_000, 9_000_000),
    (2020, 10_000_000, 12_000_000),
    (2021, 0, 15_000_000),
    (2022, 0, 18_000_000),
)

# Year, board ("" is all together), places. 484 is the sum of the boards' internal budgets for 2021.
GOALS_500 = ((2021, "", 484),)

# Measure, value, the board's words, valid from, valid to.
TARGETS = (
    ("W1", 15, "", date(2019, 1, 1), date(2019, 12, 31)),
    ("W1", 5, "", date(2020, 1, 1), None),
    ("W3", 14, "ska minska", date(2018, 1, 1), None),
    ("W4", 45, "", date(2018, 1, 1), None),
    ("W5", 180, "", date(2018, 1, 1), None),
    ("F2", None, "ska öka", date(2019, 1, 1), None),
    ("F3", None, "ska minska", date(2019, 1, 1), None),
    ("F4", None, "ska öka", date(2019, 1, 1), None),
    ("F5", 677, "", date(2019, 1, 1), date(2019, 12, 31)),
    ("F5", 777, "", date(2020, 1, 1), None),
    ("F6", None, "ska öka", date(2019, 1, 1), None),
    ("F7", None, "ska öka", date(2019, 1, 1), None),
    ("H1", 2800, "", date(2019, 1, 1), date(2019, 12, 31)),
    ("H1", 2700, "", date(2020, 1, 1), None),
    ("H2", 1150, "", date(2019, 1, 1), date(2019, 12, 31)),
    ("H2", 850, "", date(2020, 1, 1), None),
    ("stage:referred", 14, "", date(2018, 1, 1), None),
    ("stage:accepted", 14, "", date(2018, 1, 1), None),
    ("stage:assessment", 45, "", date(2018, 1, 1), None),
    ("stage:placement", 90, "", date(2018, 1, 1), None),
    ("stage:employment", 365, "", date(2018, 1, 1), None),
)


# On which grounds the units hand over to each other, the one that is chosen beforehand first.
GROUNDS = (Ground.CONSENT, Ground.NECESSARY, Ground.NO_HARM)


def add_missing() -> None:
    """Add the units, grounds, programmes and targets that are not there."""
    known_units = set(db.session.scalars(select(Unit.code)))
    for code, name, kind, purpose in UNITS:
        if code not in known_units:
            db.session.add(Unit(code=code, name=name, kind=kind, purpose=purpose))
    _add_grounds()
    known_programmes = set(db.session.scalars(select(Programme.code)))
    for code, name, starts_on, ends_on, goal, of_which in PROGRAMMES:
        if code not in known_programmes:
            programme = Programme(
                code=code, name=name, starts_on=starts_on, ends_on=ends_on, place_goal=goal, of_which_workplace=of_which
            )
            if code == "500-uppdraget":
                programme.budgets = [
                    ProgrammeBudget(year=year, granted_kr=Decimal(granted), assistance_reduction_kr=Decimal(lowered))
                    for year, granted, lowered in BUDGETS_500
                ]
                programme.goals = [
                    ProgrammeGoal(year=year, board=board, places=places) for year, board, places in GOALS_500
                ]
            db.session.add(programme)
    known_targets = set(db.session.execute(select(Target.measure, Target.valid_from)).tuples())
    for measure, value, wording, valid_from, valid_to in TARGETS:
        if (measure, valid_from) not in known_targets:
            db.session.add(
                Target(
                    measure=measure,
                    value=None if value is None else Decimal(value),
                    wording=wording,
                    valid_from=valid_from,
                    valid_to=valid_to,
                )
            )
    db.session.flush()


def _add_grounds() -> None:
    """Grounds for every pair of the units above that has no rule: what somebody has set, also to none, stays."""
    known = set(db.session.execute(select(DisclosureRule.from_unit_id, DisclosureRule.to_unit_id)).tuples())
    codes = {code for code, *_rest in UNITS}
    units = list(db.session.scalars(select(Unit).where(Unit.code.in_(codes)).order_by(Unit.id)))
    for one, other in product(units, units):
        refers = (one.kind, other.kind) == (UnitKind.REFERS, UnitKind.RECEIVES)
        if refers and (one.id, other.id) not in known:
            rule = DisclosureRule(from_unit_id=one.id, to_unit_id=other.id, default_ground=GROUNDS[0])
            rule.grounds = [*GROUNDS]
            db.session.add(rule)
