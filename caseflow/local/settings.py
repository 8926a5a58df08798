"""What a data folder remembers between runs: its secrets, and whether it holds the demo."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from caseflow.local.folders import ANCHORS

SECRETS = "secrets.json"
CONTENTS = "contents.json"
KEYS = ("SECRET_KEY", "CASEFLOW_PNR_KEY", "CASEFLOW_PNR_HASH_KEY")
APP_PASSWORD = "postgres_app_password"  # noqa: S105  the name it is kept under
DEMO_TODAY = "2020-12-01"
"""The demo's figures are as of 2020-11-30; on the day after, its reports are full."""


def secrets_of(data: Path) -> dict[str, str]:
    """The folder's secrets, made at the first call. CASEFLOW_PNR_KEY is a Fernet key."""
    file = data / SECRETS
    if not file.exists():
        made = {name: secrets.token_urlsafe(32) for name in ("SECRET_KEY", "CASEFLOW_PNR_HASH_KEY")}
        made["CASEFLOW_PNR_KEY"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
        made |= {name: secrets.token_urlsafe(24) for name in ("postgres_password", "valkey_password")}
        write_private(file, made)
    kept = read(file)
    if APP_PASSWORD not in kept:
        # A folder from before the application had a role of its own.
        kept |= {APP_PASSWORD: secrets.token_urlsafe(24)}
        write_private(file, kept)
    return kept


def contents_of(data: Path) -> str | None:
    """`demo`, `empty`, either with ` unfinished`, or `own` (a database from before); None at the first run."""
    return read(data / CONTENTS).get("contents")


def remember_contents(data: Path, contents: str) -> None:
    write_private(data / CONTENTS, {"contents": contents})


def environment_of(data: Path) -> dict[str, str]:
    """The variables of `config.py` that a data folder decides; those already set in the environment win."""
    kept = secrets_of(data)
    wanted = {name: kept[name] for name in KEYS}
    wanted["CASEFLOW_DATA"] = str(data)
    wanted["CASEFLOW_ANCHORS"] = str(data / ANCHORS)
    if (contents_of(data) or "").startswith("demo"):
        wanted |= {"CASEFLOW_TODAY": DEMO_TODAY, "CASEFLOW_DEMO": "1"}
    return {name: os.environ.get(name, value) for name, value in wanted.items()}


def read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    values: dict[str, str] = json.loads(file.read_text())
    return values


def write_private(file: Path, values: dict[str, str]) -> None:
    """Whole or not at all, and for the owner's eyes only."""
    unfinished = file.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(values, stream)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
