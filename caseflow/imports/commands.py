"""`flask --app wsgi import`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from caseflow.database import unit_of_work
from caseflow.imports.refused_file import refused_file
from caseflow.imports.report import ImportReport
from caseflow.imports.services import SourceFile, import_files
from caseflow.security.permissions import SYSTEM

ALL_GOOD, SOME_REFUSED, UNREADABLE = 0, 1, 2


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Visa rapporten men ändra ingenting.")
@click.option("--strict", is_flag=True, help="Läs in allt eller inget.")
@click.option("--json", "as_json", is_flag=True, help="Skriv rapporten som JSON.")
@click.option("--refused-out", type=click.Path(dir_okay=False, path_type=Path), help="Skriv avvisade rader till filen.")
def import_command(
    files: tuple[Path, ...], dry_run: bool, strict: bool, as_json: bool, refused_out: Path | None
) -> None:
    """Läs in filer (CSV, XLSX, ZIP) i utbytesformatet. Slutkod 1: rader avvisades, 2: en fil gick inte att läsa."""
    sources = [SourceFile(path.name, path.read_bytes()) for path in files]
    with unit_of_work():
        report = import_files(sources, actor=SYSTEM, dry_run=dry_run, strict=strict, progress=_tell)
    _tell(0, 0, "Klart")
    if refused_out is not None and report.refused:
        refused_out.write_bytes(refused_file(report).content)
    click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if as_json else in_words(report))
    if report.unreadable:
        sys.exit(UNREADABLE)
    sys.exit(SOME_REFUSED if report.refused else ALL_GOOD)


def in_words(report: ImportReport) -> str:
    """The report for a person."""
    lines = [f"{'Fil':34}{'Rader':>8}{'Nya':>8}{'Ändrade':>9}{'Oför.':>8}{'Avvisade':>10}"]
    for file in (*report.files, report.total):
        counts = f"{file.read:>8}{file.new:>8}{file.changed:>9}{file.unchanged:>8}{file.refused:>10}"
        lines.append(f"{(file.file or 'Summa')[:33]:34}{counts}")
    lines += [f"{file.file}: {note}" for file in report.files for note in file.notes]
    lines += [f"{file.file}: {file.message}" for file in report.unreadable]
    for row in report.refused:
        lines.append(f"{row.file} rad {row.line}, {row.column} ”{row.shown_value}”: {row.message}")
    return "\n".join([*lines, _verdict(report)])


def _verdict(report: ImportReport) -> str:
    if report.applied:
        return (
            "Inläst." if report.is_clean else "De godkända raderna är inlästa. Rätta de avvisade och läs in dem igen."
        )
    if report.dry_run:
        return "Kontroll: ingenting är ändrat."
    return "Ingenting är inläst, eftersom allt skulle godkännas. Rätta det som avvisades och läs in igen."


def _tell(done: int, total: int, what: str) -> None:
    click.echo(f"{what} {done} av {total}" if total else what, err=True)


COMMANDS = [import_command]
