"""The table of results: how long, how many times more than what, and whether that is within the limit."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Line:
    """One thing measured. `seconds` by number of cases. `note`: what the reader must know of how."""

    label: str
    seconds: dict[int, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Limit:
    """A promise: how the ratio is made, and how large or small it has to be."""

    label: str
    ratio: float
    limit: float
    at_least: bool = False
    unit: str = ""

    @property
    def is_kept(self) -> bool:
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    @property
    def cells(self) -> list[str]:
        bound = f"{'at least' if self.at_least else 'at most'} {self.limit:g}{self.unit}"
        return [self.label, f"{self.ratio:.3g}{self.unit}", bound, "ok" if self.is_kept else "MISSED"]


def markdown(sizes: list[int], lines: list[Line], limits: list[Limit]) -> str:
    """Two tables: seconds, and what they come to against the limits."""
    seconds = [[line.label, *(_seconds(line.seconds.get(size)) for size in sizes), line.note] for line in lines]
    head = ["seconds", *(f"{size:,}".replace(",", " ") + " cases" for size in sizes), "how"]
    kept = _table(["promise", "measured", "limit", ""], [limit.cells for limit in limits])
    return f"{_table(head, seconds)}\n\n{kept}\n"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine() -> str:
    """What it was measured on."""
    told = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.split(":", 1)[1].strip() for line in told if line.startswith("model name")), platform.processor()
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} × {model}, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"
