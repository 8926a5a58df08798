"""The only place that knows what day and time it is.

Days are calendar days in Europe/Stockholm, instants are aware UTC. `CASEFLOW_TODAY` (ISO date) moves
"today", for the demo and for tests; the time of day goes on as usual.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    """The present instant, UTC, moved by whole days when `CASEFLOW_TODAY` is set."""
    real = datetime.now(UTC)
    configured = os.environ.get("CASEFLOW_TODAY")
    if not configured:
        return real
    wanted = date.fromisoformat(configured)
    moved = real + timedelta(days=(wanted - real.astimezone(STOCKHOLM).date()).days)
    # A summer-time shift between the two days may land just outside the wanted day.
    drift = (wanted - moved.astimezone(STOCKHOLM).date()).days
    return moved + timedelta(days=drift)


def real_now() -> datetime:
    """The instant by which other machines go, whatever `CASEFLOW_TODAY` says: for one-time codes."""
    return datetime.now(UTC)


def today() -> date:
    """The present calendar day in Stockholm."""
    return now().astimezone(STOCKHOLM).date()


def local(instant: datetime) -> datetime:
    """The instant as wall-clock time in Stockholm."""
    return instant.astimezone(STOCKHOLM)
