"""The savings of very many households: the product's own sums, and Polars on the same rows. They agree to the öre.

`python3 -m bench.savings` prints the times. DATABASE_URL names the server; a database of its own is made and dropped.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import psycopg
from flask_migrate import upgrade
from psycopg import sql

from bench.database import owners_server
from bench.savings_data import AS_OF, PROGRAMME, fill
from caseflow import create_app
from caseflow.extensions import db
from caseflow.measures.programme import select_programme, sum_savings
from caseflow.measures.savings_rules import BASELINE_MONTHS, MONTHS_OF_YEAR, last_whole_month
from caseflow.measures.selection import Cut
from caseflow.organisation.queries import get_programme

HOUSEHOLDS = 300_000
PRODUCT = "Product: from the tables to the figures, in PostgreSQL"
READ = "Polars: the rows read from PostgreSQL by COPY, then counted"
ALONE = "Polars: counted only, the rows in memory already"

LEAVINGS = """
SELECT household_id, 12 * extract(year FROM occurred_on)::int + extract(month FROM occurred_on)::int AS left_month,
    household_effect = 'left' AS wholly
FROM case_event JOIN cases ON cases.id = case_id JOIN participant ON participant.id = participant_id
WHERE kind = 'exited' AND case_event.voided_at IS NULL
"""
PAYMENTS = """
SELECT household_id, 12 * extract(year FROM month_on)::int + extract(month FROM month_on)::int AS month,
    (paid_kr * 100)::bigint AS ore
FROM assistance_payment WHERE voided_at IS NULL
"""


def measure(households: int = HOUSEHOLDS, times: int = 3) -> dict[str, float]:
    """Seconds by label, the shortest of some runs. Raises where the sums differ."""
    with _database(households) as url:
        selection = select_programme(get_programme(PROGRAMME), Cut(AS_OF))
        product, ours = _shortest(times, lambda: sum_savings(selection))
        read, frames = _shortest(times, lambda: _read(url))
        alone, theirs = _shortest(times, lambda: with_polars(*frames))
    assert (ours.avoided_kr, ours.topup_year_kr) == theirs, f"{ours.avoided_kr}, {ours.topup_year_kr} and {theirs}"
    return {PRODUCT: product, READ: read + alone, ALONE: alone}


def with_polars(leavings: pl.DataFrame, payments: pl.DataFrame) -> tuple[Decimal, Decimal]:
    """Kronor not paid out to those that left wholly, as the sum of the years, and a year's of those topped up. In whole
    öre until they are divided, as a baseline is a sum of öre divided by 1 to 12."""
    last_on = last_whole_month(AS_OF)
    last = last_on.year * 12 + last_on.month
    month, left = pl.col("month"), pl.col("left_month")
    paid = payments.join(leavings, on="household_id")
    before = paid.filter((month < left) & (month >= left - BASELINE_MONTHS) & (pl.col("ore") > 0))
    baselines = before.group_by("household_id").agg(sum=pl.col("ore").sum(), parts=pl.len().cast(pl.Int64))
    known = leavings.join(baselines, on="household_id")
    after = paid.filter((month > left) & (month <= last)).join(baselines, on="household_id")
    resumed = after.filter(pl.col("ore") * pl.col("parts") >= pl.col("sum")).group_by("household_id")
    ends = known.join(resumed.agg(until=month.min()), on="household_id", how="left").with_columns(
        until=pl.col("until").fill_null(last + 1)
    )
    wholly = ends.filter("wholly").select("household_id", "sum", "parts", month=pl.int_ranges(left + 1, "until"))
    saved = (
        wholly.explode("month", empty_as_null=False)
        .join(payments, on=["household_id", "month"], how="left")
        .group_by((month - 1) // 12, "parts")
        .agg((pl.col("sum") - pl.col("parts") * pl.col("ore").fill_null(0)).sum())
    )
    years: dict[int, Fraction] = {}
    for year, parts, ore in saved.iter_rows():
        years[year] = years.get(year, Fraction()) + Fraction(ore, 100 * parts)
    return sum(map(_kronor, years.values()), Decimal(0)), _kronor(_topped_up(known, after, last))


def _topped_up(known: pl.DataFrame, after: pl.DataFrame, last: int) -> Fraction:
    baselines = (
        known.filter(~pl.col("wholly") & (pl.col("left_month") < last)).group_by("parts").agg(pl.col("sum").sum())
    )
    paid = after.filter(~pl.col("wholly")).group_by(last - pl.col("left_month")).agg(pl.col("ore").sum())
    a_month = sum((Fraction(ore, parts) for parts, ore in baselines.iter_rows()), Fraction())
    a_month -= sum((Fraction(ore, months) for months, ore in paid.iter_rows()), Fraction())
    return a_month * MONTHS_OF_YEAR / 100


def _kronor(exact: Fraction) -> Decimal:
    ore = Decimal(exact.numerator * 100) / Decimal(exact.denominator)
    return ore.quantize(Decimal(1), ROUND_HALF_UP) / 100


def _read(url: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    with psycopg.connect(url) as connection:
        return _frame(connection, LEAVINGS), _frame(connection, PAYMENTS)


def _frame(connection: psycopg.Connection, query: str) -> pl.DataFrame:
    text = io.BytesIO()
    with connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy:
        for piece in copy:
            text.write(piece)
    text.seek(0)
    frame = pl.read_csv(text)
    return frame.with_columns(wholly=pl.col("wholly") == "t") if "wholly" in frame.columns else frame


def _shortest(times: int, work: Callable[[], Any]) -> tuple[float, Any]:
    took, result = [], None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        took.append(time.perf_counter() - start)
    return min(took), result


@contextmanager
def _database(households: int) -> Iterator[str]:
    """A migrated database with the households; the application's context is pushed meanwhile."""
    server = owners_server()
    name = f"bench_savings_{households}"
    url = server.set(database=name).render_as_string(hide_password=False)
    before = dict(os.environ)
    os.environ |= {"CASEFLOW_OWNER_URL": "", "DATABASE_URL": url, "CASEFLOW_TODAY": AS_OF.isoformat()}
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    try:
        with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(drop)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            with create_app().app_context():
                upgrade(directory="migrations")
                fill(url, households)
                yield url
                db.session.remove()
                db.engine.dispose()
            connection.execute(drop)
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    times = measure(households)
    print(f"Savings of {households} households × 24 months; sums agree to the öre")
    for label, seconds in times.items():
        print(f"{seconds:8.2f} s  {times[PRODUCT] / seconds:5.1f} ×  {label}")


if __name__ == "__main__":
    main()
