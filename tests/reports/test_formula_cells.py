"""No cell of any file to fetch is a formula, whatever names and texts begin with."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from itertools import cycle

import pytest
from openpyxl import load_workbook
from sqlalchemy import String, select

from caseflow.core.spreadsheets import FORMULA_STARTS
from caseflow.extensions import db
from caseflow.imports.reading import SourceFile
from caseflow.imports.refused_file import refused_file
from caseflow.measures.models import GoalOverride
from caseflow.organisation.models import Employer, Programme, Target, Unit, Workplace
from caseflow.reports.kinds import REPORTS
from caseflow.security.permissions import Role
from tests.imports.files import send, workbook
from tests.meta.world import World, make_world
from tests.security_figures import SecurityFigure, tries

CANARY = "KANARIE"
# Texts that somebody writes and that reports name.
WRITTEN = (Unit.name, Programme.name, Programme.of_which_workplace, Employer.name, Workplace.name, Target.wording)
NUMBER = re.compile(r"-\d+(,\d+)?")
FEWEST_EVERY = 11


def plant(first: int) -> None:
    """Every written text begins as a formula, each row in another way than the row before."""
    for column in (*WRITTEN, GoalOverride.comment):
        table, starts = column.class_.__table__, cycle(FORMULA_STARTS[first:] + FORMULA_STARTS[:first])
        limit = column.type.length if isinstance(column.type, String) else None
        for key in db.session.scalars(select(table.c.id).order_by(table.c.id)).all():
            planted = f"{next(starts)}{CANARY}({key})|A1"[: limit or 100]
            db.session.execute(table.update().where(table.c.id == key).values({column.key: planted}))
    db.session.commit()


def formulas_in_csv(content: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    return [cell for row in rows for cell in row if cell.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(cell)]


def formulas_in_xlsx(content: bytes) -> list[str]:
    """What openpyxl or the file's own XML calls a formula, and canaries that are not typed as text."""
    found = [
        f"{sheet.title} {cell.coordinate}"
        for sheet in load_workbook(io.BytesIO(content))
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or (CANARY in str(cell.value) and cell.data_type != "s")
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return found + [name for name in sheets if re.search(rb"<(\w+:)?f[ >/]", archive.read(name))]


@pytest.mark.security
def test_no_cell_of_a_file_is_a_formula(app: object, security_figure: SecurityFigure) -> None:
    world = make_world(app)  # type: ignore[arg-type]
    formulas, files, planted = [], 0, 0
    for first in range(tries(FEWEST_EVERY, 1)):
        plant(first)
        for address in addresses(world):
            answer = world.client(Role.CONTROLLER).get(address)
            assert answer.status_code == 200, address
            read = formulas_in_csv if "format=csv" in address else formulas_in_xlsx
            formulas += [f"{address}: {cell}" for cell in read(answer.data)]
            files += 1
            planted += CANARY.encode() in answer.data or CANARY in _texts(answer.data)
    formulas += refused_formulas()
    assert planted, "the canaries are in the files"
    assert formulas == []
    security_figure(
        f"formula cells in {files + 1} exports (CSV and Excel, canaries in {planted})", measured=len(formulas), ideal=0
    )


def addresses(world: World) -> list[str]:
    frozen = world.ids["frozen_id"]
    reports = [f"/rapporter/{key}/hamta?{extern}" for key in REPORTS for extern in ("", "extern=1&")]
    reports.append(f"/rapporter/frysta/{frozen}/hamta?")
    return [f"{one}format={form}" for one in reports for form in ("csv", "xlsx")]


def _texts(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def refused_formulas() -> list[str]:
    """The file of refused rows: headers and cells that begin as formulas come back as text."""
    rows = [["hushallsnr", "antal_barn", *(f"{start}{CANARY}" for start in FORMULA_STARTS)]]
    rows += [["H1", "x", *(f"{start}{CANARY}" for start in FORMULA_STARTS)]]
    book = io.BytesIO(workbook({"hushall": rows}))
    sheet = load_workbook(book)
    for row in sheet["hushall"].iter_rows():
        for cell in row:
            cell.data_type = "s"
    kept = io.BytesIO()
    sheet.save(kept)
    file = refused_file(send([SourceFile("hushall.xlsx", kept.getvalue())]))
    assert CANARY.encode() in file.content
    return formulas_in_csv(file.content)
