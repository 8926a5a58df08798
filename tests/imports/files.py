"""A small set of files about fictitious people, and how to send it in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date

from openpyxl import Workbook
from sqlalchemy import func, select

from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from caseflow.imports.services import ImportReport, SourceFile, import_files
from caseflow.security.permissions import SYSTEM
from tests.factories import number_for

ANNA = number_for(date(1985, 3, 12), Sex.WOMAN)
OMAR = number_for(date(1979, 11, 2), Sex.MAN)

Table = list[dict[str, str]]
Files = dict[str, Table]


def table(text: str) -> Table:
    """Rows from lines with "|" between the cells; the first line is the header."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], cells, strict=True)) for cells in lines[1:]]


def small_set() -> Files:
    """Two households, two participants; Anna's first case ended in studies, her second goes on, Omar's is new."""
    return {
        "hushall": table(
            """hushallsnr | antal_barn | bistand_sedan | orsakskod
            H1 | 2 | 2017-05-01 | Arbetslös
            H2 | 0 | 2019-01-15 |"""
        ),
        "deltagare": table(
            f"""personnummer | fornamn | efternamn | hushallsnr | skyddad | af_inskriven | aktivitet_tim_vecka
            {ANNA} | Anna | Åkerö | H1 | nej | ja | 20
            {OMAR} | Omar | Testsson | H2 | ja | nej | 10"""
        ),
        "utbetalningar": table(
            """hushallsnr | manad | belopp
            H1 | 2019-01 | 10375,50
            H1 | 2019-02 | 9660
            H2 | 2019-02 | 12000"""
        ),
        "anvisningar": table(
            f"""anvisning_id|personnummer|fran_enhet|till_enhet|anvisad|forsta_kontakt|ansokan|beslut|program|orsak
            A1 | {ANNA} | AFI | AMC | 2019-02-01 | 2019-01-02 | 2019-01-10 | 2019-01-18 | 500-uppdraget | Praktik
            A2 | {ANNA} | AFI | AMS | 2020-03-02 | | | | |
            A3 | {OMAR} | JKT | OSA | 2020-11-20 | | | | VISA |"""
        ),
        "handelser": table(
            """anvisning_id | handelse | datum | notering
            A1 | mottagen | 2019-02-04 |
            A1 | första möte | 2019-02-11 | Bra samtal
            A2 | mottagen | 2020-03-05 |
            A2 | första möte | 2020-03-16 |"""
        ),
        "skattningar": table(
            """anvisning_id | datum | omrade | varde
            A1 | 2019-02-20 | Hälsa och ork | 2
            A1 | 2019-02-20 | Digital vana | 3
            A1 | 2019-06-20 | Hälsa och ork | 4"""
        ),
        "placeringar": [
            row | {"arbetsgivare": employer, "arbetsplats": workplace, "sektor": sector}
            for row, (employer, workplace, sector) in zip(
                table(
                    """placering_id|anvisning_id|typ|anstallningsform|omfattning_procent|start|planerat_slut|slut|slutorsak
                    P1 | A1 | praktik | | 50 | 2019-03-01 | 2019-06-30 | 2019-05-31 | enligt plan
                    P2 | A1 | arbetsmarknadsanställning | extratjänst | 100 | 2019-06-01 | | 2019-12-31 | studier
                    P3 | A2 | arbetsträning | | 75 | 2020-04-01 | 2021-01-31 | |"""
                ),
                (
                    ("Testkommunen", "Testköket", "kommun"),
                    ("Testkommunen", "Testskolan", "kommun"),
                    ("Testföreningen", "", "ideell"),
                ),
                strict=True,
            )
        ],
        "lonekostnader": table(
            # One line per row is easier to read than 110 characters.
            """placering_id | manad | lonekostnad | af_bidrag | programmedel
            P2 | 2019-06 | 24 656,00 | 17259 | 1000
            P2 | 2019-07 | 24656 | 17259 |"""
        ),
        "avslut": table(
            """anvisning_id | datum | utfall | hushallseffekt
            A1 | 2020-01-15 | studier | oforandrat"""
        ),
    }


def csv_text(rows: Table, delimiter: str = ";", columns: Sequence[str] | None = None) -> str:
    header = list(columns or rows[0])
    return "\r\n".join([delimiter.join(header), *(delimiter.join(row[name] for name in header) for row in rows), ""])


def csv_file(name: str, rows: Table, **how: str) -> SourceFile:
    return SourceFile(f"{name}.csv", csv_text(rows, how.get("delimiter", ";")).encode(how.get("encoding", "utf-8")))


def csv_files(files: Mapping[str, Table], **how: str) -> list[SourceFile]:
    return [csv_file(name, rows, **how) for name, rows in files.items() if rows]


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def archive(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return packed.getvalue()


def send(files: Sequence[SourceFile], *, dry_run: bool = False, strict: bool = False) -> ImportReport:
    """Read the files in and commit."""
    report = import_files(files, actor=SYSTEM, dry_run=dry_run, strict=strict)
    db.session.commit()
    db.session.expunge_all()
    return report


def send_set(files: Mapping[str, Table], **how: bool) -> ImportReport:
    return send(csv_files(files), **how)


def sentences(report: ImportReport) -> list[str]:
    return [row.message for row in report.refused]


def row_counts() -> dict[str, int]:
    """The number of rows of every table."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in db.metadata.sorted_tables
    }
