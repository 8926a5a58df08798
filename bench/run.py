"""Everything that is measured, size by size, and what it comes to against the promises."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench import product, rivals, savings
from bench.database import filled, settle
from bench.table import Limit, Line, markdown
from caseflow.extensions import db

# The slow ones are measured on so many cases, and what the largest size would take is reckoned from that.
PM4PY_UNITS = 2
LOOPS = 2_000


class Measured:
    """The lines of the table by name."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self.megabytes: dict[int, float] = {}

    def take(
        self, label: str, size: int, times: int, work: Callable[[], Any], note: str = "", factor: float = 1
    ) -> Any:
        """Do the work so many times; the median counts. `factor`: how many times more the whole is than the work."""
        took, result = [], None
        for _ in range(times):
            start = time.perf_counter()
            result = work()
            took.append(time.perf_counter() - start)
        self.note(label, size, statistics.median(took) * factor, note)
        return result

    def note(self, label: str, size: int, seconds: float, note: str) -> None:
        """What was measured in parts."""
        line = self.lines.setdefault(label, Line(label))
        line.seconds[size], line.note = seconds, note

    def at(self, label: str, size: int) -> float:
        return self.lines[label].seconds[size]


DASHBOARD = "Dashboard of a wait"
RAW = "– percentile_cont over the raw events"
CHANGE = "One changed case"
REBUILD = "Full rebuild"
DUCKDB, PM4PY, LOOP = "– DuckDB", "– PM4Py", "– loops over objects"
FRAMES, FRAMES_ALONE = "– lifelines + pandas, events read and counted", "– lifelines + pandas, counted only"
ROWS = "Rows behind the figures, gone through again"
SAVINGS = "Savings of {} households × 24 months"
POLARS, POLARS_ALONE = "– Polars, the same rows read and counted", "– Polars, counted only"


def run(sizes: list[int], *, keep: bool = False, households: int = savings.HOUSEHOLDS) -> tuple[str, bool]:
    """The tables, and whether every promise is kept."""
    measured = Measured()
    for size in sizes:
        print(f"{size} cases", file=sys.stderr, flush=True)
        with filled(size, keep=keep) as url, tempfile.TemporaryDirectory() as folder:
            settle(url)
            _rebuild(measured, size, Path(folder))
            settle(url)
            _pages(measured, size)
            measured.megabytes[size] = _megabytes(url)
    _savings(measured, sizes[-1], households)
    limits = promises(measured, sizes)
    return markdown(sizes, list(measured.lines.values()), limits), all(limit.is_kept for limit in limits)


def _rebuild(measured: Measured, size: int, folder: Path) -> None:
    times = 5
    whole = measured.take(REBUILD, size, times, product.rebuild, "counts from the log, kept, and every figure")
    db.session.commit()
    start = time.perf_counter()
    rivals.export(db.engine, folder)
    exporting = time.perf_counter() - start
    duck = rivals.in_duckdb(folder)
    months, curves = measured.take(DUCKDB, size, times, lambda: rivals.with_duckdb(duck), "its own tables, all cores")
    duck.close()
    ours = whole.months.as_dict()
    agree("DuckDB", ours, rivals.compared(months, 5))
    theirs = {key: median for key, (median,) in rivals.compared(curves, 2).items()}
    assert whole.curves == theirs, "Kaplan–Meier and DuckDB differ"
    start = time.perf_counter()
    events = rivals.in_pandas(folder)
    reading = exporting + time.perf_counter() - start
    found = measured.take(FRAMES_ALONE, size, 1, lambda: rivals.with_pandas_and_lifelines(events), "events in memory")
    agree("pandas", ours, found)
    measured.note(FRAMES, size, reading + measured.at(FRAMES_ALONE, size), "events by COPY, as the rebuild has them")
    few = events[events.to_unit_id.isin(events.to_unit_id.unique()[:PM4PY_UNITS])]
    factor = events.to_unit_id.nunique() / PM4PY_UNITS
    label = f"events in memory; {PM4PY_UNITS} units, scaled"
    measured.take(PM4PY, size, 1, lambda: rivals.with_pm4py(few), label, factor)
    loops = min(size, LOOPS)
    label = f"one wait of {loops} cases, scaled"
    measured.take(LOOP, size, 1, lambda: product.loops_over_objects(loops), label, size / loops)
    product.rows()
    measured.take(ROWS, size, 1, product.rows)


def agree(name: str, ours: product.MonthFigures, theirs: dict[Any, Any]) -> None:
    """Raise where figures of the same wait, unit, sex and month differ."""
    assert ours.keys() == theirs.keys(), f"{name} has other months"
    for key, figures in ours.items():
        assert np.allclose(figures, np.array(theirs[key], float), rtol=1e-9), f"{name} differs in {key}"


def _pages(measured: Measured, size: int) -> None:
    report = measured.take(DASHBOARD, size, 101, product.dashboard)
    raw = measured.take(RAW, size, 1, rivals.with_percentile_cont)
    n, median, p90 = raw[None, None]
    total = report.all_units.total
    assert np.allclose((total.n, total.median_days, total.p90_days), (n, median, p90)), "percentile_cont differs"
    took = []
    for case_id in np.linspace(1, size, 111).astype(int).tolist():
        product.change(case_id)
        start = time.perf_counter()
        product.renew(case_id)
        took.append(time.perf_counter() - start)
    # The first ones fill what the database and the process keep at hand.
    measured.note(CHANGE, size, statistics.median(took[10:]), "")


def _megabytes(url: str) -> float:
    told = subprocess.run([sys.executable, "-m", "bench.memory"], capture_output=True, text=True, check=True)
    return float(told.stdout.split()[-1])


def _savings(measured: Measured, size: int, households: int) -> None:
    """Of a database of its own, whatever the number of cases: it stands in the last column."""
    took = savings.measure(households)
    label = SAVINGS.format(f"{households:,}".replace(",", " "))
    lines = (
        (SAVINGS, label, savings.PRODUCT, "from the tables, in PostgreSQL, to the öre"),
        (POLARS, POLARS, savings.READ, "rows by COPY"),
        (POLARS_ALONE, POLARS_ALONE, savings.ALONE, "rows in memory already"),
    )
    for name, shown, how, note in lines:
        measured.lines[name] = Line(shown, {size: took[how]}, note)


def promises(measured: Measured, sizes: list[int]) -> list[Limit]:
    """What was promised, from the smallest and the largest size."""
    least, most, at = sizes[0], sizes[-1], measured.at
    rebuild = at(REBUILD, most)
    return [
        Limit("Dashboard, most cases / fewest", at(DASHBOARD, most) / at(DASHBOARD, least), 1.5),
        Limit("Dashboard / percentile_cont", at(DASHBOARD, most) / at(RAW, most), 0.01),
        Limit("One changed case, most cases / fewest", at(CHANGE, most) / at(CHANGE, least), 1.3),
        Limit("Rebuild / DuckDB", rebuild / at(DUCKDB, most), 2),
        Limit("lifelines + pandas / rebuild", at(FRAMES, most) / rebuild, 10, at_least=True),
        Limit("PM4Py / rebuild", at(PM4PY, most) / rebuild, 10, at_least=True),
        Limit("Loops over objects / rebuild", at(LOOP, most) / rebuild, 50, at_least=True),
        Limit("Savings / Polars", at(SAVINGS, most) / at(POLARS, most), 5),
        Limit("Savings / Polars, counted only", at(SAVINGS, most) / at(POLARS_ALONE, most), 5),
        Limit("Memory of the rebuild", measured.megabytes[most], 1024, unit=" MB"),
    ]
