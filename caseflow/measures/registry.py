"""Every measure by its key. A feature's measures stand in a list of their own and are joined here."""

from __future__ import annotations

from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.measures.equality_measures import EQUALITY_MEASURES
from caseflow.measures.exits import EXIT_MEASURES
from caseflow.measures.flow_gaps import GAP_MEASURES
from caseflow.measures.flow_measures import FLOW_MEASURES
from caseflow.measures.households import HOUSEHOLD_MEASURES
from caseflow.measures.kkik import KKIK_MEASURES
from caseflow.measures.measure import Measure
from caseflow.measures.participants import PARTICIPANT_MEASURES
from caseflow.measures.placements import PLACEMENT_MEASURES
from caseflow.measures.programme_measures import PROGRAMME_MEASURES
from caseflow.measures.wait_measures import WAIT_MEASURES
from caseflow.measures.ways import WAY_MEASURES

MEASURES: dict[str, Measure] = {
    measure.key: measure
    for measure in (
        *EQUALITY_MEASURES,
        *EXIT_MEASURES,
        *FLOW_MEASURES,
        *GAP_MEASURES,
        *HOUSEHOLD_MEASURES,
        *KKIK_MEASURES,
        *PARTICIPANT_MEASURES,
        *PLACEMENT_MEASURES,
        *PROGRAMME_MEASURES,
        *WAIT_MEASURES,
        *WAY_MEASURES,
    )
}


def get_measure(key: str) -> Measure:
    """The measure. Raises NotFound."""
    if key not in MEASURES:
        raise NotFound(_("Måttet %(key)s finns inte. Välj ett av %(keys)s.", key=key, keys=", ".join(MEASURES)))
    return MEASURES[key]
