"""The list of whom has been thinned out, in a file outside the database: after a restore it is done again from it.

A line holds keyed hashes alone: who has the file but not the key learns nothing of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _
from caseflow.security import crypto

FILE = "caseflow-gallring.list"


@dataclass(frozen=True)
class Line:
    """Somebody who was thinned out, and when."""

    at: datetime
    person: str


def file() -> Path:
    """In the folder of the audit's anchors. Raises RuleBroken where there is none: nobody is thinned out then."""
    folder = current_app.config["CASEFLOW_ANCHORS"]
    if not folder:
        raise RuleBroken(
            _("Gallring kräver en mapp utanför databasen (CASEFLOW_ANCHORS). Be den som sköter driften ange en.")
        )
    return Path(folder) / FILE


def mark(number_hash: bytes) -> str:
    """What the list calls a person: a keyed hash of the keyed hash of the number."""
    return crypto.lookup_hash(f"gallring:{number_hash.hex()}").hex()


def add(number_hashes: Iterable[bytes], at: datetime) -> None:
    """Note them before the database forgets them, on the disk when this returns."""
    with file().open("a", encoding="utf-8") as out:
        for number_hash in number_hashes:
            out.write(json.dumps({"at": at.isoformat(), "person": mark(number_hash)}) + "\n")
        out.flush()
        os.fsync(out.fileno())


def read() -> list[Line]:
    """Everybody on the list, oldest first. Raises RuleBroken for a line that cannot be read."""
    path = file()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    try:
        told = [json.loads(line) for line in lines]
        return [Line(datetime.fromisoformat(one["at"]), one["person"]) for one in told]
    except (ValueError, KeyError, TypeError) as error:
        raise RuleBroken(_("Listan över gallrade, %(file)s, är skadad eller ändrad.", file=path)) from error
