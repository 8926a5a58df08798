"""Every measure by its key. A feature's measures stand in a list of their own and are joined here."""

from __future__ import annotations

from caseflow.core.errors import NotFound
from caseflow.measures.measure import Measure
from caseflow.measures.wait_measures import WAIT_MEASURES

MEASURES: dict[str, Measure] = {measure.key: measure for measure in (*WAIT_MEASURES,)}


def get_measure(key: str) -> Measure:
    """The measure. Raises NotFound."""
    if key not in MEASURES:
        raise NotFound(f"Måttet {key} finns inte. Välj ett av {', '.join(MEASURES)}.")
    return MEASURES[key]
