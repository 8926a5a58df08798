"""Hostile files are refused with a sentence: nothing is kept, nothing breaks, and memory stays within a bound."""

from __future__ import annotations

import gc
import io
import re
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.security.permissions import Role
from tests import factories
from tests.imports.files import archive, row_counts
from tests.imports.hostile_files import (
    FAMILIES,
    HEAD_ROW,
    ROWS,
    SHEET,
    hostile_files,
    packed,
    parts,
    sheet_of,
    text_row,
)
from tests.security_figures import SecurityFigure, tries
from tests.signing_in import sign_in

# Above the idle program. The content of a file, its text and what one parser holds at a time fit within.
BOUND_MB = 300
REFUSED = (400, 413, 422)


@pytest.fixture
def manager(app: Flask) -> FlaskClient:
    client = app.test_client()
    sign_in(client, factories.make_user(Role.MANAGER, None))
    return client


def upload(client: FlaskClient, name: str, content: bytes) -> tuple[int, str]:
    data = {"way": "read", "files": [(io.BytesIO(content), name)]}
    answer = client.post("/inlasning", data=data, content_type="multipart/form-data")
    return answer.status_code, answer.text


def peak_kb(*, anew: bool = False) -> int:
    """The most memory that this process has held; `anew` begins the count again at what it holds now."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1))  # type: ignore[union-attr]


@pytest.mark.security
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_hostile_files_are_refused_cleanly_in_bounded_memory(
    manager: FlaskClient, tmp_path: Path, security_figure: SecurityFigure
) -> None:
    count = tries(500, len(FAMILIES))
    # Made first and put aside: what their making costs is not the program's.
    made = []
    for place, (family, name, content) in enumerate(hostile_files(count)):
        (tmp_path / str(place)).write_bytes(content)
        made.append((family, name, tmp_path / str(place)))
    upload(manager, "x.csv", b"x")
    before = row_counts()
    gc.collect()
    idle = peak_kb(anew=True)
    unclean = []
    for family, name, path in made:
        status, text = upload(manager, name, path.read_bytes())
        if status not in REFUSED or "Traceback" in text or not re.search(r"[a-zåäö]\.\s*<", text):
            unclean.append((family, name, status))
    added_mb = (peak_kb() - idle) / 1024
    print(f"{count} hostile files: peak {added_mb:.0f} MB above idle")
    assert unclean == []
    security_figure(f"{count} hostile files: refused cleanly", measured=count - len(unclean), ideal=count)
    security_figure("hostile files: rows kept", measured=sum(row_counts().values()) - sum(before.values()), ideal=0)
    security_figure(
        f"hostile files: peak memory above idle (now {added_mb:.0f} MB)",
        measured=f"{'at most' if added_mb <= BOUND_MB else 'above'} {BOUND_MB} MB",
        ideal=f"at most {BOUND_MB} MB",
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hushall.csv", ROWS),
        ("hushall.csv", ROWS.decode().encode("utf-16")),
        ("hushall.zip", archive({"hushall.csv": ROWS})),
        ("hushall.xlsx", packed(parts())),
        ("hushall.xlsx", packed(parts() | {SHEET: sheet_of(HEAD_ROW + text_row(2, b"H1", b"2"))})),
        ("hushall.xlsx", packed(parts() | {"xl/printerSettings/printerSettings1.bin": b"\0\1\2" * 90})),
        ("bilaga", packed(parts())),
    ],
)
def test_the_good_files_that_the_hostile_ones_are_made_from_are_taken(
    manager: FlaskClient, name: str, content: bytes
) -> None:
    assert upload(manager, name, content)[0] == 303
