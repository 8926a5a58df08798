"""The tables of what stands in the stages: the whole period, where cases ended, month by month and day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from caseflow.cases.terms import Stage
from caseflow.core.language import _, _l
from caseflow.core.personnummer import Sex
from caseflow.measures.flow import Flow, Stream, flow
from caseflow.measures.flow_measures import DAYS, IN, OUT, STOCK, WHOLE
from caseflow.measures.flow_stages import CLOSED_STAGES, OPEN_STAGES
from caseflow.measures.selection import Period, Selection
from caseflow.measures.wait_series import months_of
from caseflow.reports.asked import facts_of, selection_of, sex_label
from caseflow.reports.document import (
    Addition,
    Cell,
    Chart,
    ChartKind,
    Column,
    Definition,
    Document,
    Kind,
    Row,
    Series,
    Table,
    Trace,
)
from caseflow.reports.question import Question, ReportKind

ALL = "all"
LINES = (*OPEN_STAGES, None)


def _moves() -> tuple[Column, ...]:
    return (
        Column("at_start", _("Vid periodens början"), Kind.COUNT),
        Column("came", _("Kom"), Kind.COUNT),
        Column("was", _("Var där någon gång"), Kind.COUNT),
        Column("left", _("Gick"), Kind.COUNT),
        Column("at_end", _("Vid periodens slut"), Kind.COUNT),
    )


def counted(n: int, measure: str, selection: Selection) -> Cell:
    """A number of cases, and what opens it."""
    return Cell(n, n, Trace(measure, selection))


def line(stage: Stage | None) -> tuple[str, str]:
    """Key and label of a stage's row; None is the whole flow."""
    return (ALL, _("Hela flödet")) if stage is None else (stage.value, stage.label)


def stages(found: Flow, sexes: Sequence[Sex]) -> Table:
    """What stood in each stage, came and left; at the end by sex."""
    rows = []
    for stage in LINES:
        key, label = line(stage)
        here = found.selection.only(part=stage or WHOLE)
        ends = (
            counted(found.stream(stage, sex).at_end_of(found.days.to_on), STOCK, here.only(sex=sex)) for sex in sexes
        )
        rows.append(Row(key, (Cell(label), *_moved(found.stream(stage), found.days, here), *ends)))
    by_sex = tuple(Column(f"at_end_{sex}", f"{sex_label(sex)} vid slutet", Kind.COUNT) for sex in sexes)
    of_sex = (
        Addition((row.key, "at_end"), tuple((row.key, column.key) for column in by_sex)) for row in rows if by_sex
    )
    return Table(
        "stages",
        _("Etapperna under perioden"),
        (Column("stage", _("Etapp")), *_moves(), *by_sex),
        tuple(rows),
        caption=(
            _(
                "Bestånd vid början plus de som kom är de som var där; minus de som gick är bestånd vid slutet. "
                "Hela flödet är från anvisning till stängt ärende, så steg mellan etapperna räknas inte där."
            )
        ),
        additions=(
            *(one for row in rows for one in _sums(row.key)),
            *_stages_in_all("", ("at_start", "at_end", *(column.key for column in by_sex))),
            *of_sex,
        ),
    )


def _moved(stream: Stream, days: Period, here: Selection) -> list[Cell]:
    """Stock before the days, what came, what was there, what left, and the stock after them."""
    day_before = days.from_on - timedelta(1)
    before, came, left = stream.at_end_of(day_before), stream.came_in(days), stream.left_in(days)
    return [
        counted(before, STOCK, here.only(within=Period(day_before, day_before))),
        counted(came, IN, here),
        counted(before + came, DAYS, here),
        counted(left, OUT, here),
        counted(before + came - left, STOCK, here.only(within=Period(days.to_on, days.to_on))),
    ]


def _sums(row: str) -> tuple[Addition, Addition]:
    """Who was there had been there or came; and left or is still there."""
    first, second = ((row, "at_start"), (row, "came")), ((row, "left"), (row, "at_end"))
    return Addition((row, "was"), first), Addition((row, "was"), second)


def _stages_in_all(prefix: str, columns: Sequence[str]) -> list[Addition]:
    """The stages make the whole flow, in the columns of a stock."""
    return [
        Addition((f"{prefix}{ALL}", column), tuple((f"{prefix}{stage}", column) for stage in OPEN_STAGES))
        for column in columns
    ]


def exits(found: Flow, sexes: Sequence[Sex]) -> Table:
    """Where the cases of the period ended."""
    rows = []
    for stage in CLOSED_STAGES:
        here = found.selection.only(part=stage)
        of_sex = (counted(_ended(found, stage, sex), IN, here.only(sex=sex)) for sex in sexes)
        rows.append(Row(stage.value, (Cell(stage.label), counted(_ended(found, stage), IN, here), *of_sex)))
    by_sex = tuple(Column(sex.value, sex_label(sex), Kind.COUNT) for sex in sexes)
    return Table(
        "exits",
        _("Ärenden som stängdes i perioden"),
        (Column("stage", _("Slutade som")), Column("n", _("Antal"), Kind.COUNT), *by_sex),
        tuple(rows),
        caption=_("Ett ärende som stängs, öppnas igen och stängs på nytt räknas varje gång det stängs."),
        additions=tuple(
            Addition((row.key, "n"), tuple((row.key, column.key) for column in by_sex)) for row in rows if by_sex
        ),
    )


def _ended(found: Flow, stage: Stage, sex: Sex | None = None) -> int:
    return sum(step.n for step in found.steps(sex) if step.stage is stage)


def months(found: Flow) -> Table:
    """The same for every month, and the stock at the end of each as chart."""
    streams = {stage: found.stream(stage) for stage in LINES}
    rows: list[Row] = []
    sums: list[Addition] = []
    for month in months_of(found.days):
        name = f"{month.from_on:%Y-%m}"
        for stage in LINES:
            here = found.selection.only(part=stage or WHOLE, within=month)
            key, label = line(stage)
            rows.append(Row(f"{name}.{key}", (Cell(name), Cell(label), *_moved(streams[stage], month, here))))
            sums += _sums(f"{name}.{key}")
        sums += _stages_in_all(f"{name}.", ("at_start", "at_end"))
    labels = {"at_start": _("Vid månadens början"), "at_end": _("Vid månadens slut")}
    columns = (Column(one.key, labels.get(one.key, one.label), one.kind) for one in _moves())
    points = [(f"{month.from_on:%Y-%m}", month.to_on) for month in months_of(found.days)]
    return Table(
        "months",
        _("Månad för månad"),
        (Column("month", _("Månad")), Column("stage", _("Etapp")), *columns),
        tuple(rows),
        additions=tuple(sums),
        chart=Chart(
            ChartKind.LINE,
            _("Antalet ärenden i varje etapp vid varje månads slut."),
            tuple(_line(stage, streams[stage], points) for stage in OPEN_STAGES),
            x_label=_("Månad"),
            y_label=_("Ärenden"),
        ),
    )


def _line(stage: Stage, stream: Stream, points: Sequence[tuple[str, date]]) -> Series:
    return Series(stage.label, tuple((label, float(stream.at_end_of(day))) for label, day in points))


def build_days(question: Question) -> Document:
    """The stock of every day of the period."""
    selection = selection_of(question)
    found = flow(selection)
    streams = {stage: found.stream(stage) for stage in LINES}
    days = list(streams[None].stock)
    rows = tuple(
        Row(
            day.isoformat(),
            (
                Cell(day),
                *(
                    counted(stream.stock[day], STOCK, selection.only(part=stage or WHOLE, within=Period(day, day)))
                    for stage, stream in streams.items()
                ),
            ),
        )
        for day in days
    )
    stage_keys = [stage.value for stage in OPEN_STAGES]
    table = Table(
        "days",
        _("Bestånd när dagen är slut"),
        (Column("day", _("Dag"), Kind.DAY), *(Column(*line(stage), Kind.COUNT) for stage in LINES)),
        rows,
        additions=tuple(Addition((row.key, ALL), tuple((row.key, key) for key in stage_keys)) for row in rows),
        chart=Chart(
            ChartKind.LINE,
            _("Antalet ärenden i varje etapp när dagen är slut."),
            tuple(_line(stage, streams[stage], [(day.isoformat(), day) for day in days]) for stage in OPEN_STAGES),
            x_label=_("Dag"),
            y_label=_("Ärenden"),
        ),
    )
    return Document(
        key=DAYS_KIND.key,
        title=_("Beståndet dag för dag"),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=facts_of(question),
        tables=(table,),
        definitions=(_day_end(),),
    )


def _day_end() -> Definition:
    return Definition(
        _("Bestånd"),
        _("Ett ärende är på en dag i den etapp där det är när dagen är slut."),
        _("Ärendets händelser; Caseflows beskrivning av måtten"),
    )


DAYS_KIND = ReportKind(
    key="flode-dagar",
    title=_l("Beståndet dag för dag"),
    purpose=_l("Hur många ärenden som är i varje etapp, varje dag i perioden."),
    answers=_l("Hur många var i varje etapp en viss dag?"),
    build=build_days,
    asks=("unit", "programme", "sex", "ages"),
)
