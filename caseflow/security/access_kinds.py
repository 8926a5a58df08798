"""What there is to be audited: every way of looking at somebody, and of changing something."""

from __future__ import annotations

from enum import StrEnum

from caseflow.core.language import _l


class AccessKind(StrEnum):
    """What somebody did."""

    OPENED_CASE = "opened_case"
    LISTED = "listed"
    REVEALED_IDENTITY = "revealed_identity"
    LOOKED_UP_PERSON = "looked_up_person"
    SEARCHED = "searched"
    DOWNLOADED = "downloaded"
    OPENED_ROWS = "opened_rows"
    BROKE_GLASS = "broke_glass"
    EXTRACTED = "extracted"
    THINNED = "thinned"
    REFUSED = "refused"
    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"

    @property
    def label(self) -> str:
        return str(ACCESS_LABELS[self])


ACCESS_LABELS = {
    AccessKind.OPENED_CASE: _l("Öppnade ärendet"),
    AccessKind.LISTED: _l("Såg i en lista"),
    AccessKind.REVEALED_IDENTITY: _l("Visade personnummer"),
    AccessKind.LOOKED_UP_PERSON: _l("Hämtade uppgifter på personnummer"),
    AccessKind.SEARCHED: _l("Sökte"),
    AccessKind.DOWNLOADED: _l("Hämtade fil"),
    AccessKind.OPENED_ROWS: _l("Öppnade underlaget till en siffra"),
    AccessKind.BROKE_GLASS: _l("Nödöppnade ärendet"),
    AccessKind.EXTRACTED: _l("Tog ut registerutdrag"),
    AccessKind.THINNED: _l("Gallrade"),
    AccessKind.REFUSED: _l("Nekades en sida"),
    AccessKind.CREATED: _l("Registrerade"),
    AccessKind.CHANGED: _l("Ändrade"),
    AccessKind.REMOVED: _l("Tog bort"),
}
CHANGES = frozenset({AccessKind.CREATED, AccessKind.CHANGED, AccessKind.REMOVED})
