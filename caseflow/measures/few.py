"""Warnings at figures that rest on few: what a single case can do to them."""

from __future__ import annotations

from caseflow.core.language import _

FEW, VERY_FEW = 20, 5


def few_words(n: int, basis: str) -> list[str]:
    """The warning, where one is due, as lines beside the figure. `basis`: what was counted, "3 väntetider"."""
    if not 0 < n < FEW:
        return []
    if n < VERY_FEW:
        return [_("Bygger på bara %(basis)s: säger inget säkert", basis=basis)]
    return [_("Bygger på %(basis)s: enstaka ärenden syns", basis=basis)]
