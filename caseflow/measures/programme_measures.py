"""The figures of a programme, as measures: each can be opened to the cases and households it counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select, union_all

from caseflow.core.language import _, _l
from caseflow.measures.measure import Better, Measure, Sum
from caseflow.measures.programme_cohort import FOLLOWED_MONTHS, Standing, cohort_rows
from caseflow.measures.programme_rows import (
    BEFORE_PROGRAMME,
    BOARD,
    DEVELOPMENT_PLACE,
    EMPLOYMENT_OR_INTERNSHIP,
    OF_WHICH,
    cost_rows,
    household_rows,
    month_rows,
    place_rows,
    study_rows,
)
from caseflow.measures.programme_savings import Rule, savings_rows
from caseflow.measures.selection import Selection

SOURCE = _l("Slutrapport 500-uppdraget (KS 2018-555)")
# The other ways of counting savings, by the part of "programme.savings" that they are opened with.
OTHER_RULES = {
    "no_stop": Rule(stops=False),
    "six_months": Rule(baseline_months=6),
    "six_months_no_stop": Rule(baseline_months=6, stops=False),
}


def rows_by_rule(selection: Selection) -> Select[Any]:
    """The rows of `savings_rows`, counted in the way that the part names."""
    rule = OTHER_RULES.get(selection.part)
    return savings_rows(selection) if rule is None else savings_rows(selection.only(part=""), rule)


def effect_rows(selection: Selection) -> Select[Any]:
    """The rows of the savings, and those of the costs with their kronor taken off. Part: BEFORE_PROGRAMME."""
    costs = cost_rows(selection).subquery().c
    off = select(*((-one).label("value") if one.key == "value" else one for one in costs))
    return select(union_all(savings_rows(selection.only(part="")), off).subquery())


def _cohort_parts() -> tuple[tuple[str, str], ...]:
    return tuple(part for months in FOLLOWED_MONTHS for part in _standing_parts(months))


def _standing_parts(months: int) -> tuple[tuple[str, str], ...]:
    each = (
        (f"{months}_{one}", _("efter %(months)s månader: %(standing)s", months=months, standing=one.label))
        for one in Standing
    )
    return (str(months), _("efter %(months)s månader", months=months)), *each


PROGRAMME_MEASURES = (
    Measure(
        key="programme.places",
        label=_l("Påbörjade platser"),
        unit=_l("deltagare"),
        definition=_l(
            "Deltagare, räknade en gång vid sin första placering som påbörjats medan ärendet var i programmet."
        ),
        source=SOURCE,
        rows=place_rows,
        better=Better.HIGHER,
        parts_of=lambda: (
            (EMPLOYMENT_OR_INTERNSHIP, _("arbetsmarknadsanställning, praktik eller arbetsträning")),
            (DEVELOPMENT_PLACE, _("utvecklingsplats")),
            (OF_WHICH, _("utvecklingsplats på programmets namngivna arbetsplats")),
        ),
        free_part=BOARD,
    ),
    Measure(
        key="programme.households",
        label=_l("Hushåll som lämnat försörjningsstödet"),
        unit=_l("hushåll"),
        definition=_l(
            "Ett hushåll räknas en gång, vid det första avslut i programmet då det lämnade stödet helt, annars "
            "vid det första då det har kvar utfyllnad."
        ),
        source=SOURCE,
        rows=household_rows,
        better=Better.HIGHER,
        by_sex=False,
        parts_of=lambda: (
            ("wholly", _("lämnade helt, utbetalningarna är kända")),
            ("topped_up", _("har kvar utfyllnad, utbetalningarna är kända")),
            ("unknown", _("utan kända utbetalningar")),
        ),
    ),
    Measure(
        key="programme.months",
        label=_l("Tid med stöd vid avslut"),
        unit=_l("månader"),
        definition=_l("Kalendermånader från försörjningsstödets början till avslutet, för hushåll där början är känd."),
        source=SOURCE,
        rows=month_rows,
        sum=Sum.MEAN,
        better=Better.LOWER,
        by_sex=False,
    ),
    Measure(
        key="programme.studies",
        label=_l("Deltagare som gått till studier"),
        unit=_l("deltagare"),
        definition=_l("Deltagare med ett avslut till studier i programmet, räknade en gång."),
        source=SOURCE,
        rows=study_rows,
        better=Better.HIGHER,
    ),
    Measure(
        key="programme.savings",
        label=_l("Försörjningsstöd som inte betalats ut"),
        unit="kr",
        definition=_l(
            "Utgångspunkten minus det som betalades ut, per hushåll och månad efter avslutet. Vid utfyllnad är "
            "det årsvärdet, tolv gånger medelskillnaden. Brutto: inga kostnader är avdragna."
        ),
        source=SOURCE,
        rows=rows_by_rule,
        sum=Sum.TOTAL,
        better=Better.HIGHER,
        by_sex=False,
        parts_of=lambda: (
            ("wholly", _("hushåll som lämnade helt")),
            ("topped_up", _("hushåll med utfyllnad, årsvärde")),
            ("no_stop", _("räknat även sedan stödet varit tillbaka")),
            ("six_months", _("utgångspunkt av sex månader")),
            ("six_months_no_stop", _("utgångspunkt av sex månader, räknat även sedan stödet varit tillbaka")),
        ),
    ),
    Measure(
        key="programme.costs",
        label=_l("Nettokostnad för anställningar"),
        unit="kr",
        definition=_l(
            "Löner för programmets arbetsmarknadsanställningar, minus det som Arbetsförmedlingen och programmet "
            "betalade."
        ),
        source=SOURCE,
        rows=cost_rows,
        sum=Sum.TOTAL,
        better=Better.LOWER,
        parts_of=lambda: (
            ("wage", _("lönekostnader")),
            ("af", _("betalt av Arbetsförmedlingen, negativt")),
            ("programme", _("betalt av programmet, negativt")),
            (BEFORE_PROGRAMME, _("före programmets medel")),
        ),
    ),
    Measure(
        key="programme.effect",
        label=_l("Brutto minus nettokostnad"),
        unit="kr",
        definition=_l(
            "Försörjningsstöd som inte betalats ut, per hushåll och månad, och nettokostnaden för programmets "
            "anställningar, per anställning och månad: den är avdragen och står med minus."
        ),
        source=SOURCE,
        rows=effect_rows,
        sum=Sum.TOTAL,
        better=Better.HIGHER,
        by_sex=False,
        parts_of=lambda: ((BEFORE_PROGRAMME, _("före programmets medel")),),
    ),
    Measure(
        key="programme.cohort",
        label=_l("Uppföljning efter första platsen"),
        unit=_l("deltagare"),
        definition=_l("Deltagare vars första plats började i perioden, efter var de stod 12 eller 18 månader senare."),
        source=_l("Slutrapport 500-uppdraget, avsnitt 2.3 (12–18 månader)"),
        rows=cohort_rows,
        parts_of=_cohort_parts,
    ),
)
