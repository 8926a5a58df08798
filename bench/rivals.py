"""The same figures by other means, from the same events. What they read is loaded into their own form beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pm4py
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from sqlalchemy import Engine, func, select, text

from bench.product import CUT, YEAR, MonthFigures
from caseflow.extensions import db
from caseflow.measures.milestones import WAIT_DAYS, wait_rows
from caseflow.measures.rules import Wait

EXPORTS = {
    "event": "SELECT case_id, kind, occurred_on, placement_id, outcome, household_effect FROM case_event "
    "WHERE voided_at IS NULL",
    "placement": "SELECT id, kind FROM placement",
    "register": "SELECT c.id AS case_id, from_unit_id, to_unit_id, sex, household_id, assistance_since_on FROM cases c "
    "JOIN participant p ON p.id = c.participant_id LEFT JOIN household h ON h.id = p.household_id",
}

DAYS = ("occurred_on", "assistance_since_on")

FIRST = "min(occurred_on) FILTER (WHERE e.kind = '{}')"
CASES = f"""
CREATE OR REPLACE TEMP TABLE spans AS WITH m AS (SELECT e.case_id,
    {FIRST.format("first_contact")} AS first_contact_on, {FIRST.format("application")} AS application_on,
    {FIRST.format("decision")} AS decision_on, {FIRST.format("referred")} AS referred_on,
    {FIRST.format("first_meeting")} AS met_on,
    min(occurred_on) FILTER (WHERE e.kind = 'placement_started' AND p.kind <> 'subsidised_employment') AS placed_on,
    min(occurred_on) FILTER (WHERE e.kind = 'placement_started' AND p.kind = 'subsidised_employment') AS employed_on,
    min(occurred_on) FILTER (WHERE outcome IN ('work', 'subsidised_work', 'studies')) AS work_or_studies_on,
    min(occurred_on) FILTER (WHERE household_effect = 'left') AS left_on,
    min(occurred_on) FILTER (WHERE household_effect = 'topped_up') AS topped_up_on,
    CASE WHEN count(*) FILTER (WHERE e.kind IN ('exited', 'returned', 'withdrawn'))
        > count(*) FILTER (WHERE e.kind = 'reopened')
        THEN max(occurred_on) FILTER (WHERE e.kind IN ('exited', 'returned', 'withdrawn')) END AS closed_on
    FROM event e LEFT JOIN placement p ON p.id = e.placement_id GROUP BY e.case_id),
further AS (SELECT *, employed_on IS NOT NULL AND coalesce(placed_on > employed_on, true) AS straight,
    CASE WHEN referred_on IS NOT NULL THEN coalesce(left_on, topped_up_on) END AS household_left_on
    FROM m JOIN register USING (case_id)),
days AS (SELECT *, CASE WHEN NOT straight THEN placed_on END AS placed_first_on,
    CASE WHEN NOT straight THEN employed_on END AS employed_after_on,
    least(employed_on, closed_on) AS employed_or_closed_on,
    CASE WHEN referred_on IS NOT NULL
        AND assistance_since_on <= coalesce(household_left_on, closed_on, DATE '{CUT.as_of}')
        THEN assistance_since_on END AS since_on FROM further)
"""


def part(wait: Wait) -> str:
    """The rows of one wait, in SQL; W7 once per household."""
    began, ended, stopped = ("since_on" if name == "assistance_since_on" else name for name in WAIT_DAYS[wait])
    unit = "from_unit_id" if wait.of_referrer else "to_unit_id"
    rows = (
        f"SELECT '{wait}' AS wait, {unit} AS unit, sex, {began} AS began, {ended} AS ended, "
        f"CASE WHEN {ended} IS NULL THEN {stopped} END AS stopped FROM days "
        f"WHERE {began} IS NOT NULL OR {ended} IS NOT NULL"
    )
    if wait is not Wait.W7:
        return rows
    ending = "CASE WHEN left_on IS NULL THEN 1 ELSE 0 END"
    fate = f"CASE WHEN ended IS NOT NULL THEN {ending} WHEN stopped IS NULL THEN 2 ELSE 3 END"
    return (
        f"SELECT wait, unit, sex, began, ended, stopped FROM (SELECT s.*, row_number() OVER (PARTITION BY "
        f"coalesce(household_id, -case_id) ORDER BY {fate}, ended, stopped DESC, case_id) AS place "
        f"FROM ({rows.replace('SELECT ', 'SELECT case_id, household_id, left_on, ', 1)}) AS s) WHERE place = 1"
    )


MONTHS_BETWEEN = "date_diff('month', date_trunc('month', began), date_trunc('month', {0}))"
LENGTH = f"CASE WHEN wait = 'W7' THEN {MONTHS_BETWEEN} ELSE {{0}} - began END"
MONTHS = f"""
SELECT wait, unit, sex, year(ended) AS year, month(ended) AS month, count(*) AS n, avg(length) AS mean,
    quantile_cont(length, 0.5) AS median, quantile_cont(length, 0.9) AS p90
FROM (SELECT *, {LENGTH.format("ended")} AS length FROM spans WHERE began IS NOT NULL AND ended IS NOT NULL)
GROUP BY ALL
"""
CURVES = f"""
WITH lengths AS (SELECT wait, unit, {LENGTH.format(f"coalesce(ended, stopped, DATE '{CUT.as_of}')")} AS length,
    count(*) AS leaving, count(ended) AS ends FROM spans WHERE began IS NOT NULL GROUP BY ALL),
risk AS (SELECT *, sum(leaving) OVER (PARTITION BY wait, unit ORDER BY length DESC) AS at_risk FROM lengths),
curve AS (SELECT *, exp(sum(ln(greatest(at_risk - ends, 1e-300) / at_risk))
    OVER (PARTITION BY wait, unit ORDER BY length)) AS share FROM risk)
SELECT wait, unit, min(length) FILTER (WHERE share <= 0.5 + 1e-12) AS median FROM curve GROUP BY ALL
"""


def export(engine: Engine, folder: Path) -> None:
    """The events and what belongs to them as files of comma-separated values, by COPY."""
    with engine.connect() as connection:
        cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]
        for name, query in EXPORTS.items():
            path = folder / f"{name}.csv"
            with path.open("wb") as file, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy:
                for block in copy:
                    file.write(block)


def in_duckdb(folder: Path) -> duckdb.DuckDBPyConnection:
    """What was exported, in DuckDB's own tables."""
    duck = duckdb.connect()
    for name in EXPORTS:
        duck.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv('{folder / name}.csv', sample_size = -1)")
    return duck


def in_pandas(folder: Path) -> pd.DataFrame:
    """What was exported, as one data frame with a row per event."""
    event, placement, register = (
        pd.read_csv(folder / f"{name}.csv", parse_dates=[column for column in DAYS if column in query])
        for name, query in EXPORTS.items()
    )
    kinds = placement.rename(columns={"id": "placement_id", "kind": "placement_kind"})
    events = event.merge(kinds, how="left", on="placement_id").merge(register, on="case_id")
    return events.sort_values(["case_id", "occurred_on"], kind="stable", ignore_index=True)


def with_duckdb(duck: duckdb.DuckDBPyConnection) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Every wait, unit, sex and month, and Kaplan–Meier per wait and unit, in columns."""
    parts = " UNION ALL ".join(part(wait) for wait in Wait)
    duck.execute(f"{CASES} {parts}")
    return duck.execute(MONTHS).fetchnumpy(), duck.execute(CURVES).fetchnumpy()


def compared(columns: dict[str, np.ndarray], keys: int) -> dict[Any, Any]:
    """The columns by the first so many of them."""
    # What is missing is masked, and None in a list.
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    return {row[:keys]: row[keys:] for row in rows}


def with_pandas_and_lifelines(events: pd.DataFrame) -> MonthFigures:
    """Every wait, unit, sex and month with pandas, and Kaplan–Meier's median with its interval
    of every wait and unit with lifelines."""
    cases, months = spans(events), {}
    for wait, names in WAIT_DAYS.items():
        waits = cases[["from_unit_id" if wait.of_referrer else "to_unit_id", "sex", "household", "left_on"]].copy()
        waits.columns = ["unit", "sex", "household", "left_on"]
        waits["began"], waits["ended"], stop = (cases[name] for name in names)
        waits["stopped"] = stop.where(waits.ended.isna())
        waits = waits[waits.began.notna() | waits.ended.notna()]
        if wait is Wait.W7:
            waits = once_per_household(waits)
        begun = waits[waits.began.notna()]
        end = begun.ended.fillna(begun.stopped).fillna(pd.Timestamp(CUT.as_of))
        length = (end - begun.began).dt.days
        if wait is Wait.W7:
            length = (end.dt.year - begun.began.dt.year) * 12 + end.dt.month - begun.began.dt.month
        done = begun.assign(length=length)[begun.ended.notna()]
        groups = done.groupby(["unit", "sex", done.ended.dt.year, done.ended.dt.month], observed=True).length
        figures = groups.agg(["count", "mean", "median"]).join(groups.quantile(0.9).rename("p90"))
        rows = zip(figures.index, figures.itertuples(False, None), strict=True)
        months |= {(wait.value, *place): row for place, row in rows}
        for unit, of_unit in begun.groupby("unit", observed=True):
            curve = KaplanMeierFitter().fit(length[of_unit.index], of_unit.ended.notna(), label=str(unit))
            median_survival_times(curve.confidence_interval_)
    return months


def spans(events: pd.DataFrame) -> pd.DataFrame:
    """One row per case with the days that the waits are between, and what the registers say."""
    employment = events.placement_kind == "subsidised_employment"
    started = events.kind == "placement_started"
    closing = events.kind.isin(["exited", "returned", "withdrawn"])
    chosen = {
        "first_contact_on": events.kind == "first_contact",
        "application_on": events.kind == "application",
        "decision_on": events.kind == "decision",
        "referred_on": events.kind == "referred",
        "met_on": events.kind == "first_meeting",
        "placed_on": started & ~employment,
        "employed_on": started & employment,
        "work_or_studies_on": events.outcome.isin(["work", "subsidised_work", "studies"]),
        "left_on": events.household_effect == "left",
        "topped_up_on": events.household_effect == "topped_up",
        "closed_on": closing,
    }
    cases = events.drop_duplicates("case_id").set_index("case_id")
    cases = cases[["from_unit_id", "to_unit_id", "sex", "household_id", "assistance_since_on"]].copy()
    cases["household"] = cases.household_id.fillna(-cases.index.to_series())
    for name, which in chosen.items():
        cases[name] = events[which].groupby("case_id").occurred_on.min().reindex(cases.index)
    straight = cases.employed_on.notna() & ~(cases.placed_on <= cases.employed_on)
    cases["placed_first_on"] = cases.placed_on.mask(straight)
    cases["employed_after_on"] = cases.employed_on.mask(straight)
    cases["employed_or_closed_on"] = cases[["employed_on", "closed_on"]].min(axis=1)
    cases["household_left_on"] = cases.left_on.fillna(cases.topped_up_on).where(cases.referred_on.notna())
    end = cases.household_left_on.fillna(cases.closed_on).fillna(pd.Timestamp(CUT.as_of))
    known = cases.referred_on.notna() & (cases.assistance_since_on <= end)
    cases["assistance_since_on"] = cases.assistance_since_on.where(known)
    return cases


def once_per_household(waits: pd.DataFrame) -> pd.DataFrame:
    fate = np.select(
        [waits.ended.notna() & waits.left_on.notna(), waits.ended.notna(), waits.stopped.isna()], [0, 1, 2], 3
    )
    # The last that was stopped: the earliest when the days are counted backwards.
    backwards = pd.Timestamp("1970-01-01") - (waits.stopped - pd.Timestamp("1970-01-01"))
    ordered = waits.assign(fate=fate, day=waits.ended.fillna(backwards)).sort_values(["fate", "day"], kind="stable")
    return ordered.drop_duplicates("household")


def with_pm4py(events: pd.DataFrame) -> int:
    """PM4Py's performance of every pair of activities that follow each other, for each unit, sex and month in which
    cases were referred. Returns how many figures. Less than the same: it knows neither what lies between two activities
    that do not follow each other, nor who is still waiting."""
    referred = events[events.kind == "referred"].set_index("case_id").occurred_on
    events = events.assign(month=events.case_id.map(referred).dt.to_period("M"))
    log = pm4py.format_dataframe(events, case_id="case_id", activity_key="kind", timestamp_key="occurred_on")
    found = 0
    for _, cases in log.groupby(["to_unit_id", "sex", "month"]):
        performance, _, _ = pm4py.discover_performance_dfg(cases)
        found += len(performance)
    return found


def with_percentile_cont() -> dict[tuple[Any, ...], tuple[int, float]]:
    """The dashboard of W3 from the raw events, in the database."""
    rows = wait_rows(CUT).subquery().c
    days = rows.ended_on - rows.began_on
    query = (
        select(
            rows.unit_id,
            rows.sex,
            func.count(),
            func.percentile_cont(0.5).within_group(days),
            func.percentile_cont(0.9).within_group(days),
        )
        .where(rows.wait == Wait.W3, rows.ended_on.between(YEAR.from_on, YEAR.to_on), rows.began_on.is_not(None))
        .group_by(func.grouping_sets(text("(unit_id, sex)"), text("(unit_id)"), text("(sex)"), text("()")))
    )
    return {tuple(row[:2]): tuple(row[2:]) for row in db.session.execute(query)}
