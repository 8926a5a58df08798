"""Refused rows as a file: mend it and send it in again."""

from __future__ import annotations

import csv
import io
import re
import zipfile

from caseflow.core.spreadsheets import harmless
from caseflow.imports.hostile import SourceFile
from caseflow.imports.kinds import REASON_COLUMN
from caseflow.imports.report import FileReport, ImportReport, RefusedRow
from caseflow.imports.values import fold


def refused_file(report: ImportReport) -> SourceFile:
    """The refused rows with the columns they came with and the reason last: one CSV, or a ZIP of several.

    Semicolons and UTF-8 with BOM, as Swedish spreadsheets want them.
    """
    tables: list[SourceFile] = []
    for file in report.files:
        rows = [row for row in report.refused if row.file == file.file]
        if rows:
            tables.append(SourceFile(_name(file, len(tables)), _table(file, rows)))
    if len(tables) == 1:
        return tables[0]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            archive.writestr(table.name, table.content)
    return SourceFile("avvisade.zip", packed.getvalue())


def _name(file: FileReport, place: int) -> str:
    stem = re.sub(r"[^A-Za-z0-9-]+", "_", fold(file.file.rsplit("/", 1)[-1].split(".")[0]))
    return f"{file.kind}_avvisade_{place + 1}_{stem}.csv"


def _table(file: FileReport, rows: list[RefusedRow]) -> bytes:
    # A file that is sent in a second time already has the column of reasons.
    kept = [place for place, column in enumerate(file.header) if fold(column) != REASON_COLUMN]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([*(harmless(file.header[place]) for place in kept), REASON_COLUMN])
    for row in rows:
        cells = [harmless(row.cells[place]) if place < len(row.cells) else "" for place in kept]
        writer.writerow([*cells, f"{row.column}: {row.message}"])
    return text.getvalue().encode("utf-8-sig")
