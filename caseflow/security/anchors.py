"""Anchors of the audit: where its chain ended, noted in a file outside the database.

Rows that are taken away from the end, and a chain that is written anew from beginning to end, show against them.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.extensions import db
from caseflow.security import chain
from caseflow.security.chain import Fault, read_head, read_seal

log = logging.getLogger(__name__)

FILE = "caseflow-audit.anchors"
OFTEN_ENOUGH = timedelta(hours=1)
# The beat has noted where a log that is older ends: a file without an anchor has been emptied or taken away.
SURELY_ANCHORED = timedelta(days=1)


@dataclass(frozen=True)
class Anchor:
    """The chain's end at an instant: the last row's number, how many rows there were, and the last seal."""

    at: datetime
    id: int
    count: int
    seal: str

    @property
    def line(self) -> str:
        told = {"at": self.at.isoformat(), "id": self.id, "count": self.count, "seal": self.seal}
        return json.dumps(told) + "\n"


def file() -> Path | None:
    """Where anchors are noted: in the folder that CASEFLOW_ANCHORS names, None where it names none."""
    folder = current_app.config["CASEFLOW_ANCHORS"]
    return Path(folder) / FILE if folder else None


def read(path: Path) -> list[Anchor]:
    """Every anchor, oldest first. Raises RuleBroken for a line that no anchor wrote."""
    lines = path.read_text().splitlines() if path.exists() else []
    try:
        told = [json.loads(line) for line in lines]
        return [Anchor(datetime.fromisoformat(one["at"]), one["id"], one["count"], one["seal"]) for one in told]
    except (ValueError, KeyError, TypeError) as error:
        raise RuleBroken(f"Filen med ankare, {path}, är skadad eller ändrad.") from error


def drop_anchor(*, begin: bool = False) -> Anchor | None:
    """Note where the chain ends now. None where it has not grown since the last anchor.

    Raises RuleBroken where no folder is named, where the chain does not hold the last anchor any more, and where an old
    log has no anchor, unless a file is to `begin` for it.
    """
    path = file()
    if path is None:
        raise RuleBroken("Ange mappen för ankare i CASEFLOW_ANCHORS.")
    earlier = read(path)
    if not earlier and not begin and (lost := _lost(path)):
        raise RuleBroken(lost)
    # Not the whole chain, which `flask audit verify` reads: only that it still goes on from where it was.
    if earlier and any(faults_of(earlier[-1:])):
        raise RuleBroken("Loggen stämmer inte med sitt senaste ankare. Kör flask audit verify.")
    head = read_head(db.session.connection())
    if head.id == (earlier[-1].id if earlier else 0):
        return None
    anchor = Anchor(clock.now(), head.id, head.id, head.seal.hex())
    append(path, anchor)
    return anchor


def drop_anchor_if_due() -> None:
    """What the beat asks for every minute: an anchor an hour, where a folder is named."""
    path = file()
    if path is None:
        return
    try:
        earlier = read(path)
        if not earlier or clock.now() - earlier[-1].at >= OFTEN_ENOUGH:
            drop_anchor()
    except RuleBroken as broken:
        log.error("audit: %s", broken.message)


def append(path: Path, anchor: Anchor) -> None:
    """At the end of the file, and on the disk before anything else is done."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as stream:
        stream.write(anchor.line)
        stream.flush()
        os.fsync(stream.fileno())


def all_faults() -> Iterator[Fault]:
    """Everything that does not hold: in the chain itself, then against every anchor."""
    yield from chain.faults()
    path = file()
    if path is None:
        return
    try:
        found = read(path)
    except RuleBroken as broken:
        yield Fault(0, broken.message)
        return
    if not found and (lost := _lost(path)):
        yield Fault(0, lost)
    yield from faults_of(found)


def _lost(path: Path) -> str | None:
    """What to say of a file without anchors where the log is older than the first would be."""
    began_at = chain.read_beginning()
    if began_at is None or clock.now() - began_at < SURELY_ANCHORED:
        return None
    since = f"{clock.local(began_at):%Y-%m-%d}"
    return (
        f"Filen med ankare, {path}, saknas eller är tom, fast loggen har rader sedan {since}. Lägg tillbaka filen. "
        "Är mappen ny: kör flask audit anchor --begin."
    )


def faults_of(anchors: list[Anchor]) -> Iterator[Fault]:
    """The anchors that the chain does not hold any more."""
    for anchor in anchors:
        found = read_seal(anchor.id)
        when = f"{clock.local(anchor.at):%Y-%m-%d %H.%M}"
        if found is None:
            told = f"Rad {anchor.id} fanns när loggen förankrades {when} och saknas nu: loggen är kortad eller tömd."
            yield Fault(anchor.id, told)
        elif found.hex() != anchor.seal:
            yield Fault(anchor.id, f"Loggen fram till rad {anchor.id}, som förankrades {when}, är omskriven.")
