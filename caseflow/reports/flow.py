"""The report of the flow: what came, what went and what is there, every step, and whether the record holds together."""

from __future__ import annotations

from collections.abc import Iterator

from caseflow.core.language import _, _l, _n
from caseflow.core.personnummer import Sex
from caseflow.measures.flow import flow
from caseflow.measures.flow_balance import Balance, balances
from caseflow.measures.flow_gaps import SILENT_DAYS, silences
from caseflow.measures.flow_measures import FLOW_MEASURES, word
from caseflow.measures.registry import get_measure
from caseflow.reports import flow_checks, flow_steps, flow_stock
from caseflow.reports.asked import definitions_of, facts_of, selection_of
from caseflow.reports.document import Definition, Document
from caseflow.reports.question import Question, ReportKind
from caseflow.web.formatting import tal

# A difference of Little's law beyond this share, of a stage in which so many stand, is told in words.
NOTABLE, LEAST_STOCK = 0.2, 5


def build(question: Question) -> Document:
    """Stock, flow and steps of the period, and the check of them."""
    selection = selection_of(question)
    found, silent = flow(selection), silences(selection)
    balanced = balances(selection, silent)
    sexes = () if question.chosen.sex else (Sex.WOMAN, Sex.MAN)
    return Document(
        key=KIND.key,
        title=_("Flödet genom etapperna"),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=facts_of(question),
        tables=(
            flow_stock.stages(found, sexes),
            flow_stock.exits(found, sexes),
            flow_steps.steps(found, sexes),
            flow_steps.referrals(found, selection),
            flow_stock.months(found),
            flow_checks.balance(balanced, selection),
            flow_checks.gaps(selection, sexes, silent),
        ),
        definitions=(*definitions_of(FLOW_MEASURES), *definitions_of([get_measure("flow.gap")]), _little()),
        warnings=tuple(_warnings(question, balanced)),
    )


def _warnings(question: Question, balanced: list[Balance]) -> Iterator[str]:
    if question.cut.as_of < question.period.to_on:
        yield _("Perioden är inte slut: siffrorna gäller till och med %(as_of)s.", as_of=question.cut.as_of)
    for one in balanced:
        stands_many = one.mean_stock is not None and one.mean_stock >= LEAST_STOCK
        if one.stage is not None and stands_many and one.relative is not None and abs(one.relative) > NOTABLE:
            yield _told(one, word(one.stage), one.relative)


def _told(one: Balance, stage: str, relative: float) -> str:
    """The difference in words, what it is made of, and how much of it may be missing ends."""
    share = tal(abs(100 * relative), 0)
    size = (
        _("I etappen %(stage)s är beståndet %(share)s %% större än inflöde gånger tid.", stage=stage, share=share)
        if relative > 0
        else _("I etappen %(stage)s är beståndet %(share)s %% mindre än inflöde gånger tid.", stage=stage, share=share)
    )
    parts = _(
        "I bestånd räknat är de som är kvar %(staying)s, tid före perioden %(before)s och tillväxten %(growth)s.",
        staying=tal(one.staying, 1),
        before=tal(one.before, 1),
        growth=tal(one.growth, 1),
    )
    if not one.silent_n:
        return " ".join((size, parts, _("Inga ärenden är tysta, så underlaget kan vara helt.")))
    silent = _n(
        "%(num)s ärende har ingen händelse på %(days)s dagar och svarar för %(silent)s: kontrollera om ett slut "
        "saknas.",
        "%(num)s ärenden har ingen händelse på %(days)s dagar och svarar för %(silent)s: kontrollera om ett slut "
        "saknas.",
        one.silent_n,
        days=SILENT_DAYS,
        silent=tal(one.silent, 1),
    )
    return f"{size} {parts} {silent}"


def _little() -> Definition:
    return Definition(
        _("Littles lag"),
        _(
            "Beståndet i genomsnitt ska vara det som kommer per dag gånger de dagar det stannar. Tid i etappen är "
            "känd bara för dem som har lämnat den. Skillnaden är därför exakt: dagarna i perioden för dem som är "
            "kvar, minus dagarna före perioden för dem som gick, minus det som tillväxten svarar för. I ett jämnt "
            "flöde tar de ut varandra. När slut inte registreras växer den första delen utan att de andra svarar mot "
            "den."
        ),
        _("Little 1961; Caseflows beskrivning av måtten"),
    )


KIND = ReportKind(
    key="flode",
    title=_l("Flödet"),
    purpose=_l("Hur många som är i varje etapp, hur de kommer dit och vart de går, och om underlaget håller ihop."),
    answers=_l("Hur många är var, hur kommer de dit och vart går de?"),
    build=build,
    asks=("unit", "programme", "sex", "ages"),
)
