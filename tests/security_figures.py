"""The figures of docs/security-figures.md: asserted, and kept where CASEFLOW_SECURITY_FIGURES names a folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Protocol

FOLDER = "CASEFLOW_SECURITY_FIGURES"


class SecurityFigure(Protocol):
    """What the fixture `security_figure` gives."""

    def __call__(self, name: str, *, measured: object, ideal: object) -> None: ...


def tries(full: int, small: int) -> int:
    """How many times to try: all when the figures are taken, a few in the ordinary suite."""
    return full if os.environ.get(FOLDER) else small


def keep(name: str, measured: object, ideal: object, test: str) -> None:
    """One file per figure: parallel workers write beside each other."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    # A name may be longer than a file's.
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    path = Path(folder) / f"{words[:80]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    line = {"name": name, "measured": measured, "ideal": ideal, "test": test}
    path.write_text(json.dumps(line, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
