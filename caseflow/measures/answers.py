"""The JSON of the waits: keys in English as in DOMAIN.md, numbers as numbers, dates ISO."""

from __future__ import annotations

from typing import Any

from caseflow.measures.queries import WaitReport
from caseflow.measures.wait_figures import GroupFigures, WaitFigures

KEYS = (
    "n",
    "mean_days",
    "median_days",
    "p90_days",
    "share_within_target",
    "target_days",
    "km_median_days",
    "km_low",
    "km_high",
    "open_n",
    "open_median_age_days",
    "unknown_n",
)


def wait_json(report: WaitReport) -> dict[str, Any]:
    """The report. `unit_of_length` says what the "days" of W7 are: months."""
    chosen = report.chosen
    return {
        "wait": report.wait.value,
        "label": report.wait.label,
        "unit_of_length": report.wait.unit,
        "from": report.period.from_on.isoformat(),
        "to": report.period.to_on.isoformat(),
        "as_of": report.cut.as_of.isoformat(),
        "known_at": report.cut.known_at.isoformat() if report.cut.known_at else None,
        "unit": chosen.unit.code if chosen.unit else None,
        "programme": chosen.programme.code if chosen.programme else None,
        **_group(report.all_units),
        "units": {code: figures_json(group.total) | _sexes(group) for code, group in report.units.items()},
    }


def figures_json(figures: WaitFigures) -> dict[str, Any]:
    return {key: getattr(figures, key) for key in KEYS}


def _group(group: GroupFigures) -> dict[str, Any]:
    return {"total": figures_json(group.total)} | _sexes(group)


def _sexes(group: GroupFigures) -> dict[str, Any]:
    return {"women": figures_json(group.women), "men": figures_json(group.men)}
