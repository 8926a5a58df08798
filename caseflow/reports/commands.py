"""`report <key>`: every report as a file, from the same table as the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import current_app, url_for

from caseflow.core import clock
from caseflow.core.arguments import Day, Moment, OneOf, PlainCommand, Year, refuse
from caseflow.core.personnummer import Sex
from caseflow.measures.choices import YEARS
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Ages, Cut, Filter, Period
from caseflow.organisation.models import Programme
from caseflow.organisation.queries import get_programme, get_unit
from caseflow.reports.document import Document, Trace
from caseflow.reports.files import WRITERS, as_file
from caseflow.reports.kinds import REPORTS, Question, ReportKind
from caseflow.reports.suppression import for_outside


class AgeGroup(click.ParamType):
    """25-59, -24 or 60-."""

    name = "ÅLDRAR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Ages:
        ages = Ages.read(value)
        return ages or self.fail(f"{value} är ingen åldersgrupp. Skriv den som 25-59, -24 eller 60-.", param, ctx)


FORMAT = OneOf("FORMAT", "är inget format", {form: form for form in ("json", *WRITERS)})
# The options of what a report may be asked about beside period and cut, by the word of `ReportKind.asks`.
ASKED: dict[str, Callable[[Any], Any]] = {
    "unit": click.option("--unit", help="Enhet, till exempel AMC."),
    "programme": click.option("--programme", help="Program, till exempel 500-uppdraget."),
    "sex": click.option(
        "--sex", type=OneOf("KÖN", "är inget kön", {"kvinnor": Sex.WOMAN, "män": Sex.MAN}), help="kvinnor eller män."
    ),
    "ages": click.option("--ages", type=AgeGroup(), help="Ålder, till exempel 25-59."),
    "begun": click.option("--begun", is_flag=True, help="Räkna väntan efter när den började."),
    "wait": click.option(
        "--wait",
        type=OneOf("W1–W7", "är ingen ledtid", {wait.value: wait for wait in Wait}),
        required=True,
        help="Ledtiden, W1 till W7.",
    ),
    "step": click.option(
        "--step",
        type=OneOf("STEG", "är inget steg", {"month": "month", "week": "week"}),
        default="month",
        help="month eller week.",
    ),
}
PERIOD = (
    click.option("--year", type=Year(), help="Kalenderår, i stället för --from och --to."),
    click.option("--from", "from_on", type=Day(), help="Periodens första dag."),
    click.option("--to", "to_on", type=Day(), help="Periodens sista dag."),
)
COMMON = (
    click.option("--as-of", type=Day(), help="Brytdag: fakta till och med den dagen. Annars i dag."),
    click.option("--known-at", type=Moment(), help="Som det var känt då."),
    click.option("--external", is_flag=True, help="För utlämnande: små tal döljs."),
    click.option("--format", "form", type=FORMAT, default="json", help=f"{', '.join(WRITERS)}; annars json."),
    click.option("-o", "--output", type=click.Path(path_type=Path), help="Fil att skriva. Annars skrivs rapporten ut."),
    click.option("--base-url", default="", help="Programmets adress, för länkar till underlaget i filen."),
)


@click.group("report")
def report() -> None:
    """Rapporter."""


def _command(kind: ReportKind, name: str, programme: str | None = None) -> click.Command:
    """The command of a report. `programme`: the one that the command's name already says."""

    def run(form: str, output: Path | None, external: bool, base_url: str, **asked: Any) -> None:
        if programme:
            asked["programme"] = programme
        question = _question(kind, **asked)
        document = kind.build(question)
        _write(for_outside(document) if external else document, form, output, base_url)

    asks = [ask for ask in ASKED if ask in kind.asks or (ask == "programme" and kind.needs_programme)]
    options = [ASKED[ask] for ask in asks if not (programme and ask == "programme")]
    callback: Callable[..., None] = run
    for option in reversed([*options, *PERIOD, *COMMON]):
        callback = option(callback)
    return click.command(name, cls=PlainCommand, help=kind.purpose)(callback)


def _question(
    kind: ReportKind,
    *,
    year: int | None,
    from_on: Any,
    to_on: Any,
    as_of: Any,
    known_at: Any,
    unit: str | None = None,
    programme: str | None = None,
    sex: Sex | None = None,
    ages: Ages | None = None,
    begun: bool = False,
    **more: Any,
) -> Question:
    """What was asked. `more`: the wait and the step, of the reports that ask about them."""
    if kind.needs_programme and not programme:
        refuse("Ange --programme.")
    of_programme = get_programme(programme) if programme else None
    period = _period(kind, year, from_on, to_on, of_programme)
    chosen = Filter(get_unit(unit) if unit else None, of_programme, sex, ages, begun)
    return Question(period, Cut(as_of or clock.today(), known_at), chosen, **more)


def _period(kind: ReportKind, year: int | None, from_on: Any, to_on: Any, programme: Programme | None) -> Period:
    """The year, or from day to day; for a programme its own span where neither is said."""
    if year and (from_on or to_on):
        refuse("Ange antingen --year eller --from och --to.")
    if year:
        return Period.year(year)
    if kind.whole_years:
        refuse("Ange --year.")
    if kind.needs_programme and programme and not (from_on or to_on):
        return Period(programme.starts_on or date(YEARS[0], 1, 1), programme.ends_on or clock.today())
    if not from_on or not to_on:
        refuse("Ange --from." if to_on else "Ange --to." if from_on else "Ange --year, eller --from och --to.")
    if to_on < from_on:
        refuse(f"Perioden slutar {to_on}, före sin början {from_on}. Byt plats på --from och --to.")
    return Period(from_on, to_on)


def _write(document: Document, form: str, output: Path | None, base_url: str) -> None:
    """To the file, or out; nothing is written before all of it is there."""
    with current_app.test_request_context():
        content = as_file(document, form, lambda trace: base_url.rstrip("/") + _path(trace)).content
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        refuse(f"{output} gick inte att skriva: {error.strerror}.")


def _path(trace: Trace) -> str:
    values: dict[str, Any] = {**trace.address()}
    return url_for("reports.rows_behind", **values)


for _kind in REPORTS.values():
    report.add_command(_command(_kind, _kind.key))
# The report of 500-uppdraget has a name of its own.
report.add_command(_command(REPORTS["program"], "500-uppdraget", programme="500-uppdraget"))

COMMANDS = [report]
