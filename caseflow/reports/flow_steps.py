"""The table of every step between stages, and the Sankey diagram of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from caseflow.cases.rules import EXITED
from caseflow.cases.terms import Stage
from caseflow.core.language import _
from caseflow.core.personnummer import Sex
from caseflow.measures.flow import Flow, Step
from caseflow.measures.flow_measures import STEP, step_part
from caseflow.measures.flow_stages import OPEN_STAGES
from caseflow.measures.selection import Selection
from caseflow.reports.asked import sex_label, units_then
from caseflow.reports.document import Addition, Cell, Chart, ChartKind, Column, Kind, Row, Table
from caseflow.reports.flow_stock import counted

DROPPED = (Stage.RETURNED, Stage.WITHDRAWN)


def steps(found: Flow, sexes: Sequence[Sex]) -> Table:
    """Every step that somebody took, in the order of the stages; the diagram beside it."""
    by_sex = {sex: {(step.before, step.stage): step.n for step in found.steps(sex)} for sex in sexes}
    rows = []
    for step in found.steps():
        here = found.selection.only(part=step_part(step.before, step.stage))
        numbers = (counted(by_sex[sex].get((step.before, step.stage), 0), STEP, here.only(sex=sex)) for sex in sexes)
        names = (Cell(name(step.before)), Cell(step.stage.label), Cell(_kind(step)))
        rows.append(Row(step_part(step.before, step.stage), (*names, counted(step.n, STEP, here), *numbers)))
    columns = tuple(Column(sex.value, sex_label(sex), Kind.COUNT) for sex in sexes)
    return Table(
        "steps",
        _("Steg mellan etapper"),
        (
            Column("before", _("Från")),
            Column("stage", _("Till")),
            Column("kind", _("Slag")),
            Column("n", _("Antal"), Kind.COUNT),
            *columns,
        ),
        tuple(rows),
        caption=_("Varje gång ett ärende gick från en etapp till en annan, även när det går fram och tillbaka."),
        additions=tuple(
            Addition((row.key, "n"), tuple((row.key, column.key) for column in columns)) for row in rows if columns
        ),
        chart=Chart(
            ChartKind.SANKEY,
            _(
                "Från anvisande enhet till avslut. Ett steg tillbaka är ritat som en utgång till höger och en ingång "
                "till vänster: det som kommer till en etapp är lika mycket som det som lämnar den eller är kvar."
            ),
            links=tuple(links(found)),
        ),
    )


def name(stage: Stage) -> str:
    return _("Anvisande enhet") if stage is Stage.NEW else stage.label


def _kind(step: Step) -> str:
    if step.before is Stage.NEW and step.stage in OPEN_STAGES:
        return _("anvisning")
    if step.stage in DROPPED:
        return _("avhopp")
    if step.before in EXITED:
        return _("återöppnat")
    if step.is_back:
        return _("tillbaka")
    return _("framåt") if step.stage in OPEN_STAGES else _("avslut")


def links(found: Flow) -> list[tuple[str, str, int]]:
    """From where, to where, how many; each pair once. None leads back, and what comes to a stage equals what leaves it.

    A step back leaves its stage for "Åter till …" and comes from "Åter från …".
    """
    merged: Counter[tuple[str, str]] = Counter()
    for before, after, n in _links(found):
        merged[before, after] += n
    return [(*pair, n) for pair, n in merged.items()]


def _links(found: Flow) -> Iterator[tuple[str, str, int]]:
    for stage in OPEN_STAGES:
        yield from _if_any(_("Vid periodens början"), stage.label, found.stream(stage).at_start)
    for unit, out in found.referred_by().items():
        for step in out:
            yield from _if_any(unit, step.stage.label, step.n)
    for step in found.steps():
        before, stage = step.before, step.stage
        if before is Stage.NEW:
            continue
        if before in EXITED:
            yield _("Återöppnade"), stage.label, step.n
        elif step.is_back:
            yield before.label, _("Åter till %(label)s", label=stage.label.lower()), step.n
            yield _("Åter från %(label)s", label=before.label.lower()), stage.label, step.n
        else:
            yield before.label, stage.label, step.n
    for stage in OPEN_STAGES:
        yield from _if_any(stage.label, _("Kvar vid periodens slut"), found.stream(stage).at_end_of(found.days.to_on))


def _if_any(before: str, after: str, n: int) -> Iterator[tuple[str, str, int]]:
    if n:
        yield before, after, n


def referrals(found: Flow, selection: Selection) -> Table:
    """What each referring unit sent, by where it stood at the end of that day."""
    units = units_then(selection.cut)
    by_unit = found.referred_by()
    reached = [stage for stage in Stage if any(step.stage is stage for out in by_unit.values() for step in out)]
    rows = []
    for unit, out in by_unit.items():
        numbers = {step.stage: step.n for step in out}
        # Of cases that one unit receives, a referring unit can be named but not asked for as well.
        here = selection.only(unit=units[unit]) if selection.chosen.unit is None else None
        cells = []
        for stage in reached:
            n = numbers.get(stage, 0)
            traced = here and here.only(part=step_part(Stage.NEW, stage))
            cells.append(counted(n, STEP, traced) if traced else Cell(n, n))
        rows.append(Row(unit, (Cell(unit), *cells)))
    return Table(
        "referrals",
        _("Anvisade, efter anvisande enhet"),
        (Column("unit", _("Anvisande enhet")), *(Column(stage.value, stage.label, Kind.COUNT) for stage in reached)),
        tuple(rows),
        caption=_("Etappen är den där ärendet var när anvisningens dag var slut."),
    )
