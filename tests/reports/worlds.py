"""What random histories of whole reports are made in."""

from __future__ import annotations

from caseflow.organisation.queries import get_programme, list_units
from caseflow.organisation.rules import UnitKind
from tests import factories
from tests.measures import histories


def random_world() -> histories.World:
    """Two units that refer, all that receive, two programmes and two workplaces, one of them Återbruket."""
    development = factories.make_workplace("Återbruket", "Tekniska verken")
    development.name = "Återbruket"
    return histories.World(
        referring=list_units(UnitKind.REFERS)[:2],
        receiving=list_units(UnitKind.RECEIVES),
        programmes=[get_programme("500-uppdraget"), get_programme("VISA")],
        workplaces=[factories.make_workplace(), development],
    )
