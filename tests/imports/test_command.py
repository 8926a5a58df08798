"""`flask --app wsgi import`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.imports.files import csv_files, row_counts, small_set


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in csv_files(small_set()):
        (tmp_path / file.name).write_bytes(file.content)
    return tmp_path


def run(app: Flask, folder: Path, *options: str) -> Result:
    files = sorted(str(path) for path in folder.glob("*.csv"))
    return app.test_cli_runner().invoke(args=["import", *options, *files])


def test_good_files_are_read_in_and_the_exit_code_is_0(app: Flask, folder: Path) -> None:
    result = run(app, folder)
    assert result.exit_code == 0, result.output
    assert "Inläst." in result.stdout
    assert "Läser lönekostnader" in result.stderr
    assert row_counts()["cases"] == 3


def test_a_dry_run_reads_nothing_in(app: Flask, folder: Path) -> None:
    result = run(app, folder, "--dry-run")
    assert result.exit_code == 0
    assert "Kontroll: ingenting är ändrat." in result.stdout
    assert row_counts()["cases"] == 0


def test_refused_rows_give_exit_code_1_and_are_written_to_a_file(app: Flask, folder: Path) -> None:
    (folder / "hushall.csv").write_text("hushallsnr;antal_barn\nH1;x\nH2;0\n")
    out = folder / "rest.zip"
    result = run(app, folder, "--refused-out", str(out))
    assert result.exit_code == 1
    assert "hushall.csv rad 2, antal_barn ”x”: Skriv ett heltal från 0 till 30." in result.stdout
    assert out.read_bytes()[:2] == b"PK"
    assert row_counts()["cases"] == 1


def test_strict_reads_nothing_in_when_a_row_is_refused(app: Flask, folder: Path) -> None:
    (folder / "hushall.csv").write_text("hushallsnr;antal_barn\nH1;x\nH2;0\n")
    result = run(app, folder, "--strict")
    assert result.exit_code == 1
    assert "Ingenting är inläst" in result.stdout
    assert row_counts()["household"] == 0


def test_an_unreadable_file_gives_exit_code_2(app: Flask, folder: Path) -> None:
    (folder / "okand.csv").write_text("a;b\n1;2\n")
    result = run(app, folder)
    assert result.exit_code == 2
    assert "okand.csv: Filen är av okänt slag." in result.stdout


def test_json_has_english_keys_and_every_refused_row_with_its_place(app: Flask, folder: Path) -> None:
    (folder / "avslut.csv").write_text("anvisning_id;datum;utfall\nA1;2020-01-15;lottovinst\n")
    told = json.loads(run(app, folder, "--json", "--dry-run").stdout)
    assert (told["dry_run"], told["strict"], told["applied"]) == (True, False, False)
    file = next(file for file in told["files"] if file["file"] == "avslut.csv")
    assert {name: file[name] for name in ("kind", "read", "new", "changed", "unchanged", "refused")} == {
        "kind": "avslut",
        "read": 1,
        "new": 0,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
    }
    refused = next(row for row in told["refused"] if row["file"] == "avslut.csv")
    assert (refused["line"], refused["column"], refused["value"]) == (2, "utfall", "lottovinst")
    assert refused["message"].startswith("Skriv ett av orden arbete")
    assert told["total"]["refused"] == len(told["refused"])


def test_names_and_numbers_of_persons_are_not_printed(app: Flask, folder: Path) -> None:
    (folder / "deltagare.csv").write_text("personnummer;fornamn;efternamn\n19850312-0000;Anna;Testsson\n")
    result = run(app, folder)
    assert "19850312" not in result.output
    assert "Testsson" not in result.output
