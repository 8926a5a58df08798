"""Each refusal: where it stands, which column it points at and the sentence that says what to mend."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import pytest
from flask import Flask

from caseflow.core.personnummer import Sex
from caseflow.imports.reading import SourceFile
from caseflow.imports.refused_file import refused_file
from caseflow.imports.report import ImportReport
from tests.factories import number_for
from tests.imports.files import ANNA, csv_file, row_counts, send, send_set, sentences, small_set
from tests.imports.snapshot import content

NOBODY = number_for(date(1970, 1, 1), Sex.MAN)

# Kind, row (from 0), column and what is written there; then the column pointed at and the sentence.
REFUSALS = [
    ("hushall", 0, "antal_barn", "många", "antal_barn", "Skriv ett heltal från 0 till 30."),
    ("hushall", 0, "hushallsnr", "", "hushallsnr", "Kolumnen hushallsnr saknar värde. Fyll i den."),
    ("hushall", 0, "bistand_sedan", "2021-01-01", "bistand_sedan", "Datumet ligger i framtiden."),
    ("hushall", 0, "orsakskod", "x" * 41, "orsakskod", "Texten är 41 tecken. Korta den till högst 40."),
    ("deltagare", 0, "personnummer", "19850312-2388", "personnummer", "Personnumret stämmer inte"),
    ("deltagare", 0, "personnummer", "850312", "personnummer", "tolv siffror"),
    ("deltagare", 0, "skyddad", "kanske", "skyddad", "Skriv ja, nej, sekretessmarkering eller skyddad folkbokföring."),
    ("deltagare", 0, "fornamn", "", "fornamn", "Kolumnen fornamn saknar värde."),
    ("deltagare", 1, "hushallsnr", "H9", "hushallsnr", "Hushållet H9 finns inte. Läs in filen hushall"),
    ("utbetalningar", 0, "hushallsnr", "H9", "hushallsnr", "Hushållet H9 finns inte."),
    ("utbetalningar", 0, "manad", "2019-1", "manad", "Skriv månaden som ÅÅÅÅ-MM"),
    ("utbetalningar", 0, "manad", "2021-01", "manad", "Månaden ligger i framtiden."),
    ("utbetalningar", 0, "belopp", "-10", "belopp", "Ange beloppet utan minustecken."),
    ("anvisningar", 2, "fran_enhet", "XYZ", "fran_enhet", "Enheten XYZ finns inte. Skriv AFI, Etableringsteamet, JKT"),
    ("anvisningar", 2, "till_enhet", "AFI", "till_enhet", "Enheten AFI anvisar – tar emot inte anvisningar."),
    ("anvisningar", 2, "anvisad", "2020-12-02", "anvisad", "Anvisning: datumet 2020-12-02 ligger i framtiden."),
    ("anvisningar", 0, "beslut", "2019-02-03", "anvisad", "Anvisning 2019-02-01 kan inte ligga före beslutet"),
    ("anvisningar", 2, "program", "Okänt", "program", "Programmet Okänt finns inte. Skriv 500-uppdraget"),
    (
        "anvisningar",
        2,
        "personnummer",
        NOBODY,
        "personnummer",
        "Deltagaren finns inte. Läs in filen deltagare",
    ),
    ("handelser", 2, "handelse", "mottagning", "handelse", "Skriv ett av orden mottagen, åter, första möte eller"),
    ("handelser", 3, "datum", "2020-02-28", "datum", "Första möte 2020-02-28 kan inte ligga före anvisningen"),
    ("handelser", 2, "anvisning_id", "A9", "anvisning_id", "Anvisningen A9 finns inte. Läs in filen anvisningar"),
    ("skattningar", 0, "varde", "6", "varde", "Skriv ett heltal från 1 till 5."),
    ("skattningar", 0, "omrade", "Körkort", "omrade", "Området Körkort finns inte. Skriv Arbetslivserfarenhet,"),
    ("skattningar", 0, "datum", "2019-02-10", "datum", "Skattning 2019-02-10 kan inte ligga före första mötet"),
    ("placeringar", 2, "typ", "jobb", "typ", "Skriv ett av orden praktik, arbetsträning, utvecklingsplats eller"),
    ("placeringar", 2, "anstallningsform", "OSA", "anstallningsform", "En arbetsträning har ingen anställningsform."),
    ("placeringar", 2, "start", "2020-03-15", "start", "Placering påbörjad 2020-03-15 kan inte ligga före första"),
    ("placeringar", 2, "slut", "2020-03-31", "slut", "Placering avslutad 2020-03-31 kan inte ligga före"),
    ("placeringar", 2, "planerat_slut", "2020-03-31", "planerat_slut", "Planerat slut 2020-03-31 kan inte ligga före"),
    ("placeringar", 2, "omfattning_procent", "120", "omfattning_procent", "Skriv ett heltal från 1 till 100."),
    ("lonekostnader", 0, "placering_id", "P1", "placering_id", "Lönekostnad hör till en arbetsmarknadsanställning."),
    ("lonekostnader", 0, "placering_id", "P9", "placering_id", "Placeringen P9 finns inte. Läs in filen placeringar"),
    ("lonekostnader", 0, "af_bidrag", "30000", "af_bidrag", "Bidrag och programmedel är tillsammans större än"),
    ("avslut", 0, "utfall", "lottovinst", "utfall", "Skriv ett av orden arbete, arbete_subventionerat"),
    ("avslut", 0, "hushallseffekt", "nja", "hushallseffekt", "Skriv ett av orden lamnat, utfyllnad eller oforandrat."),
]


@pytest.mark.parametrize(("kind", "place", "column", "written", "at", "told"), REFUSALS)
def test_a_bad_cell_is_refused_where_it_stands_with_what_to_mend(
    app: Flask, kind: str, place: int, column: str, written: str, at: str, told: str
) -> None:
    files = small_set()
    files[kind][place][column] = written
    report = send_set(files)
    refused = next(row for row in report.refused if row.file == f"{kind}.csv")
    assert (refused.line, refused.column) == (place + 2, at)
    assert refused.value == files[kind][place][at]
    assert told in refused.message


def test_rows_that_rest_on_a_refused_row_say_so_and_name_it(app: Flask) -> None:
    files = small_set()
    files["hushall"][1]["antal_barn"] = "x"
    report = send_set(files)
    assert [(row.file, row.message) for row in report.refused[1:]] == [
        ("deltagare.csv", "Hushållet H2 avvisades (hushall.csv rad 3). Rätta den raden och läs in båda igen."),
        ("utbetalningar.csv", "Hushållet H2 avvisades (hushall.csv rad 3). Rätta den raden och läs in båda igen."),
        ("anvisningar.csv", "Deltagaren avvisades (deltagare.csv rad 3). Rätta den raden och läs in båda igen."),
    ]


def test_a_case_whose_referral_breaks_a_rule_takes_its_rows_with_it_and_no_other(app: Flask) -> None:
    files = small_set()
    files["anvisningar"][1]["anvisad"] = "2019-12-01"
    report = send_set(files)
    assert "överlappar" in next(row.message for row in report.refused if row.file == "anvisningar.csv")
    others = [row for row in report.refused if row.file != "anvisningar.csv"]
    assert {row.message for row in others} == {"Anvisningen A2 avvisades. Rätta den och läs in båda igen."}
    assert [row.file for row in others] == ["handelser.csv", "handelser.csv", "placeringar.csv"]
    assert [case[1] for case in content()["cases"]] == ["A1", "A3"]


def test_an_illegal_step_refuses_itself_and_the_rest_goes_on(app: Flask) -> None:
    files = small_set()
    files["placeringar"][0]["slut"] = "2019-06-10"
    report = send_set(files)
    assert sentences(report)[0].startswith("Omfattningen blir 150 % från 2019-06-01.")
    assert [(row.file, row.line) for row in report.refused] == [
        ("placeringar.csv", 3),
        ("lonekostnader.csv", 2),
        ("lonekostnader.csv", 3),
    ]
    assert "exit_studies" in content()["cases"][0]


def test_an_exit_while_a_placement_goes_on_is_refused(app: Flask) -> None:
    files = small_set()
    files["placeringar"][1]["slut"] = ""
    report = send_set(files)
    told = next(row for row in report.refused if row.file == "avslut.csv")
    assert told.message == (
        "Avslut 2020-01-15 kan inte registreras medan en placering pågår. Avsluta placeringen först."
    )


def test_a_correction_that_breaks_a_rule_is_refused_and_the_old_fact_stays(app: Flask) -> None:
    send_set(small_set())
    before, counts = content(), row_counts()
    files = small_set()
    files["handelser"][1]["datum"] = "2019-03-15"
    report = send_set(files)
    assert len(report.refused) == 1
    assert "kan inte ligga före första mötet 2019-03-15" in report.refused[0].message
    assert content() == before
    assert row_counts() == counts


def test_a_known_placement_or_referral_is_not_given_to_somebody_else(app: Flask) -> None:
    send_set(small_set())
    files = small_set()
    files["placeringar"][2]["anvisning_id"] = "A1"
    files["anvisningar"][2]["personnummer"] = ANNA
    report = send_set(files)
    assert sentences(report) == [
        "Anvisningen hör till en annan deltagare. Rätta personnumret.",
        "Placeringen hör till en annan anvisning än A1. Rätta anvisning_id.",
    ]


def test_a_refused_workplace_leaves_no_trace(app: Flask) -> None:
    files = small_set()
    files["placeringar"][2]["start"] = "2020-03-15"
    send_set(files)
    assert [place[0] for place in content()["workplaces"]] == ["Testkommunen", "Testkommunen"]


def test_the_refused_rows_are_mended_and_sent_in_again(app: Flask) -> None:
    files = small_set()
    files["hushall"][0]["antal_barn"] = "två"
    mended = refused_of(send_set(files))
    assert set(mended) == {
        *(f"{kind}_avvisade_{place}_{kind}.csv" for place, kind in enumerate(files, start=1) if kind != "hushall"),
        "hushall_avvisade_1_hushall.csv",
    }
    for name, rows in mended.items():
        assert list(rows[0])[-1] == "fel"
        for row in rows:
            row.pop("antal_barn", None) if name.startswith("hushall") and row.update(antal_barn="2") else None
    report = send([csv_file(name.removesuffix(".csv"), rows) for name, rows in mended.items()])
    assert report.is_clean, report.refused
    assert report.files[0].notes == ()
    assert row_counts_of_cases() == 3


def refused_of(report: ImportReport) -> dict[str, list[dict[str, str]]]:
    """The tables of the file of refused rows, by name."""
    file = refused_file(report)
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return {name: rows_of(archive.read(name)) for name in archive.namelist()}


def rows_of(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))


def row_counts_of_cases() -> int:
    return row_counts()["cases"]


def test_refused_rows_of_one_file_are_a_table_of_the_same_columns_and_the_reason(app: Flask) -> None:
    text = "orsakskod;hushallsnr;Extra;antal_barn\r\n'=1+1;H1;;x\r\n"
    report = send([SourceFile("hushall.csv", text.encode())])
    file = refused_file(report)
    assert file.name.endswith(".csv")
    assert file.content.decode("utf-8-sig").splitlines() == [
        "orsakskod;hushallsnr;Extra;antal_barn;fel",
        "'=1+1;H1;;x;antal_barn: Skriv ett heltal från 0 till 30.",
    ]
    again = send([SourceFile(file.name, file.content.replace(b";x;", b";1;"))])
    assert again.is_clean
    assert ("H1", "1", "None", "=1+1") in content()["households"]


def test_a_file_of_refused_rows_that_is_refused_again_has_one_column_of_reasons(app: Flask) -> None:
    first = refused_file(send([SourceFile("hushall.csv", b"hushallsnr;antal_barn\r\nH1;x\r\n")]))
    second = refused_file(send([first]))
    assert second.content.decode("utf-8-sig").splitlines() == [
        "hushallsnr;antal_barn;fel",
        "H1;x;antal_barn: Skriv ett heltal från 0 till 30.",
    ]
