"""Every way in which a file may be written, and what is said of one that cannot be read."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from caseflow.imports import reading
from caseflow.imports.reading import SourceFile, read_files
from caseflow.imports.rows import Outcome, read_rows
from caseflow.imports.values import BadValue, day, kronor, past_month
from tests.imports.files import (
    ANNA,
    archive,
    csv_file,
    csv_files,
    csv_text,
    send,
    send_set,
    sentences,
    small_set,
    table,
    workbook,
)
from tests.imports.snapshot import content


def complaint(name: str, written: bytes) -> str:
    """The sentence about a single file that cannot be read."""
    sheets, unreadable = read_files([SourceFile(name, written)])
    assert sheets == []
    return unreadable[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_encodings_and_delimiters_say_the_same(app: Flask, encoding: str, delimiter: str) -> None:
    report = send(csv_files(small_set(), encoding=encoding, delimiter=delimiter))
    assert report.is_clean, report.refused
    participants = content()["participants"]
    assert any("Anna Åkerö" in person for person in participants)


def test_commas_may_stand_between_cells_when_decimals_have_a_point(app: Flask) -> None:
    files = small_set()
    files["utbetalningar"][0]["belopp"] = "10375.50"
    files["lonekostnader"][0]["lonekostnad"] = "24656.00"
    report = send(csv_files(files, delimiter=","))
    assert report.is_clean, report.refused
    assert ("H1", "2019-01-01", "10375.50", "False") in content()["payments"]


def test_a_workbook_with_real_dates_and_numbers_says_the_same_as_text(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    sheets: dict[str, list[list[object]]] = {}
    for name, rows in files.items():
        sheets[name] = [list(rows[0]), *([_native(cell) for cell in row.values()] for row in rows)]
    report = send([SourceFile("alla.xlsx", workbook(sheets))])
    assert report.is_clean, report.refused
    assert report.total.unchanged == report.total.read > 0
    assert report.files[0].file == "alla.xlsx (hushall)"


def _native(cell: str) -> object:
    """The cell as a spreadsheet would keep it."""
    if len(cell) == 10 and cell[4:5] == "-":
        return datetime.fromisoformat(cell)
    if cell.isdigit():
        return int(cell)
    return float(cell.replace(",", ".")) if "," in cell and cell.replace(",", "").isdigit() else cell or None


def test_a_workbook_of_one_sheet_is_known_by_its_columns() -> None:
    written = workbook({"Blad1": [["hushallsnr", "manad", "belopp"], ["H1", date(2019, 1, 1), 9660.4]]})
    sheets, unreadable = read_files([SourceFile("export.xlsx", written)])
    assert unreadable == []
    rows = read_rows(sheets).of_kind[sheets[0].kind]
    assert rows[0].values == {"hushallsnr": "H1", "manad": date(2019, 1, 1), "belopp": Decimal("9660.40")}


def test_an_archive_holds_csv_and_workbooks(app: Flask) -> None:
    files = small_set()
    households = files.pop("hushall")
    members = {f"data/{file.name}": file.content for file in csv_files(files)}
    members["data/hushall.xlsx"] = workbook({"h": [list(households[0]), *(list(row.values()) for row in households)]})
    members["__MACOSX/._hushall.xlsx"] = b"litter"
    report = send([SourceFile("alla.zip", archive(members))])
    assert report.is_clean, report.refused
    assert "alla.zip/deltagare.csv" in [file.file for file in report.files]


def test_headers_may_be_written_with_accents_capitals_spaces_and_in_any_order(app: Flask) -> None:
    text = f"Efternamn; FÖRNAMN ;Hushållsnr;Personnummer*;Skostorlek\r\nÅkerö;Anna;;{ANNA};38\r\n"
    report = send([SourceFile("export 1.csv", text.encode())])
    assert report.is_clean
    assert report.files[0].kind == "deltagare"
    assert report.files[0].notes == ("Kolumnen Skostorlek är okänd och läses inte.",)
    assert tuple(person[1] for person in content()["participants"]) == ("Anna Åkerö",)


def test_the_line_is_the_one_a_spreadsheet_shows_also_after_blank_lines_and_breaks_within_a_cell(app: Flask) -> None:
    text = 'hushallsnr;orsakskod\r\n\r\nH1;"två\r\nrader"\r\n\r\nH2;x;överskott\r\n'
    report = send([SourceFile("hushall.csv", text.encode())])
    assert [(row.line, row.message.split(".")[0]) for row in report.refused] == [
        (5, "Raden har fler celler än rubrikraden")
    ]
    assert ("H1", "None", "None", "två rader") in content()["households"]


@pytest.mark.parametrize(
    ("written", "kr"),
    [
        ("12500", "12500"),
        ("12 500,5", "12500.5"),
        ("12\u00a0500", "12500"),
        ("12\u202f500,50 kr", "12500.50"),
        ("12.500,50", "12500.50"),
        ("12,500.50", "12500.50"),
        ("1.234.567", "1234567"),
        ("0", "0"),
    ],
)
def test_kronor_are_read_however_they_are_written(written: str, kr: str) -> None:
    assert kronor(written) == Decimal(kr)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("12.500", "kan läsas på två sätt"),
        ("1,234", "kan läsas på två sätt"),
        ("-5", "utan minustecken"),
        ("1,2345", "högst två decimaler"),
        ("många", "med siffror"),
        ("99999999999", "orimligt stort"),
        ("1 2 3 x", "med siffror"),
    ],
)
def test_kronor_that_cannot_be_meant_are_refused(written: str, told: str) -> None:
    with pytest.raises(BadValue, match=told):
        kronor(written)


def test_days_are_iso_and_a_spreadsheets_midnight_is_allowed() -> None:
    assert day("2020-11-30") == day("2020-11-30 00:00:00") == date(2020, 11, 30)
    assert past_month("2020-11") == past_month("2020-11-01") == date(2020, 11, 1)


@pytest.mark.parametrize("written", ["30/11 2020", "30.11.2020", "2020-02-30", "44165", "2020-W48-1", "20201130"])
def test_other_ways_to_write_a_day_are_refused(written: str) -> None:
    with pytest.raises(BadValue, match="Skriv datumet som ÅÅÅÅ-MM-DD"):
        day(written)


@pytest.mark.parametrize("written", ["2020-13", "november", "2020-11-15"])
def test_other_ways_to_write_a_month_are_refused(written: str) -> None:
    with pytest.raises(BadValue, match="Skriv månaden som ÅÅÅÅ-MM"):
        past_month(written)


def test_a_file_without_a_required_column_is_refused_by_its_name() -> None:
    assert complaint("deltagare.csv", b"personnummer;fornamn\r\n") == (
        "Kolumnen efternamn saknas i rubrikraden. Lägg till den: deltagare måste ha den."
    )


def test_files_of_unknown_kind_or_none_are_refused_with_a_sentence() -> None:
    assert "okänt slag" in complaint("nagot.csv", b"a;b\r\n1;2\r\n")
    assert complaint("tom.csv", b"") == "Filen är tom."
    assert "två gånger" in complaint("hushall.csv", b"hushallsnr;hushallsnr\r\n1;2\r\n")


def test_a_file_that_cannot_be_read_does_not_stop_the_others(app: Flask) -> None:
    report = send([SourceFile("nagot.csv", b"a;b\r\n"), csv_file("hushall", small_set()["hushall"])])
    assert [file.file for file in report.unreadable] == ["nagot.csv"]
    assert report.total.new == 2


def test_broken_archives_and_workbooks_are_refused_with_a_sentence() -> None:
    whole = archive({"hushall.csv": b"hushallsnr\r\nH1\r\n" * 50})
    assert complaint("a.zip", whole[: len(whole) // 2]) == "Arkivet är skadat. Skapa det på nytt."
    assert complaint("a.zip", archive({})) == "Arkivet är tomt. Lägg CSV- eller XLSX-filer i det."
    assert "annat arkiv" in complaint("a.zip", archive({"b.zip": whole}))
    assert "Arbetsboken går inte att läsa" in complaint("a.xlsx", archive({"xl/workbook.xml": b"<x"}))
    locked = bytearray(whole)
    locked[6] |= 1
    locked[whole.rindex(b"PK\x01\x02") + 8] |= 1
    assert "lösenordsskyddat" in complaint("a.zip", bytes(locked))


def test_an_archive_that_unpacks_to_far_too_much_is_not_unpacked() -> None:
    bomb = archive({f"hushall{place}.csv": b"\0" * (25 << 20) for place in range(9)})
    assert len(bomb) < 1 << 20
    assert "för stort" in complaint("bomb.zip", bomb)


def test_words_are_read_regardless_of_accents_and_capitals(app: Flask) -> None:
    files = small_set()
    files["handelser"][1]["handelse"] = "FORSTA MOTE"
    files["placeringar"][1]["typ"] = "Arbetsmarknadsanstallning"
    files["anvisningar"][0]["program"] = "500-Uppdraget | extratjanster|visa"
    assert send_set(files).is_clean
    assert "'visa'" in next(case for case in content()["cases"] if "A1" in case)[5]


def test_columns_that_are_missing_or_empty_leave_what_is_known(app: Flask) -> None:
    send_set(small_set())
    before = content()
    short = table(f"personnummer | fornamn | efternamn\n{ANNA} | Anna | Åkerö")
    empty = [dict.fromkeys(small_set()["hushall"][0], "") | {"hushallsnr": "H1"}]
    report = send_set({"deltagare": short, "hushall": empty})
    assert report.total.unchanged == 2
    assert content() == before


def test_equal_rows_count_once_and_of_rows_that_differ_the_later_is_refused(app: Flask) -> None:
    files = small_set()
    files["hushall"] += [files["hushall"][0], files["hushall"][1] | {"antal_barn": "3"}]
    report = send_set(files)
    assert sentences(report) == [
        "Raden säger emot hushall.csv rad 3: samma hushallsnr men andra uppgifter. Ta bort eller rätta den ena."
    ]
    assert (report.refused[0].line, report.refused[0].column, report.refused[0].value) == (5, "antal_barn", "3")
    assert (report.files[0].new, report.files[0].unchanged) == (2, 1)


def test_an_area_spelt_in_two_ways_is_one_area() -> None:
    text = csv_text(
        table("anvisning_id|datum|omrade|varde\nA1|2019-02-20|Hälsa och ork|2\nA1|2019-02-20|halsa och ork|2")
    )
    sheets, _ = read_files([SourceFile("skattningar.csv", text.encode())])
    rows = read_rows(sheets).of_kind[sheets[0].kind]
    assert [row.outcome == Outcome.REFUSED for row in rows] == [False, True]


def forged(row: int) -> bytes:
    """A workbook whose last row says that it stands in that place."""
    whole = zipfile.ZipFile(io.BytesIO(workbook({"hushall": [["hushallsnr"], ["H1"], ["H2"]]})))
    members = {name: whole.read(name) for name in whole.namelist()}
    place = "xl/worksheets/sheet1.xml"
    members[place] = members[place].replace(b'<row r="3"', f'<row r="{row}"'.encode()).replace(b' r="A3"', b"")
    return archive(members)


def test_a_cell_far_down_in_a_workbook_costs_no_memory_for_the_empty_rows_above_it() -> None:
    tracemalloc.start()
    try:
        sheets, unreadable = read_files([SourceFile("hushall.xlsx", forged(1_048_576))])
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert unreadable == []
    assert sheets[0].records == [(2, ["H1"]), (1_048_576, ["H2"])]
    assert used < 20 << 20


def test_a_row_where_no_spreadsheet_has_any_is_refused() -> None:
    assert "rader efter rad 1048576" in complaint("hushall.xlsx", forged(10_000_000_000))


def test_more_rows_than_are_read_at_once_are_refused_in_text_and_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 4)
    written = workbook({name: [["hushallsnr"], ["H1"], ["H2"]] for name in ("hushall 1", "hushall 2")})
    assert "Högst 4 rader läses på en gång" in complaint("alla.xlsx", written)
    lines = b"hushallsnr\r\nH1\r\n\r\nH2\r\nH3\r\n"
    assert "Högst 4 rader läses på en gång" in complaint("hushall.csv", lines + b"H4\r\n")
    sheets, unreadable = read_files([SourceFile("a.csv", lines), SourceFile("b.csv", lines)])
    assert [sheet.name for sheet in sheets] == ["a.csv"]
    assert [file.file for file in unreadable] == ["b.csv"]


def test_archives_with_spoilt_bytes_or_names_are_refused_with_a_sentence() -> None:
    whole = archive({"hushåll.csv": b"hushallsnr\r\nH1\r\n" * 50})
    spoilt = bytearray(whole)
    spoilt[30 + len("hushåll.csv".encode())] = 0xFF
    for written in (bytes(spoilt), whole.replace("å".encode(), b"\xff\xff")):
        assert complaint("a.zip", written) == "Arkivet är skadat. Skapa det på nytt."
