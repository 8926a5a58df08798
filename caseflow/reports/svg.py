"""The few shapes that the charts on paper are drawn with. Colours are those of the style sheet's light theme."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape  # nosec B406 (writes XML, reads none)

from caseflow.reports.glyphs import drawable

INK, QUIET, HAIR, BACK = "#15242a", "#44555b", "#d5dcde", "#e6ebec"
INKS = (INK, "#0b4f5c", "#75848a", "#a77d22", "#7a3fae", "#0d90d2")
TYPE_SIZE = 8
NARROW, WIDE = " \u00a0.,:;|'!()iljtfrI-", "mwMW%@ÅÄÖ—"


def picture(width: float, height: float, parts: Iterable[str]) -> str:
    """The whole SVG."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}"'
        f' viewBox="0 0 {width:g} {height:g}">{"".join(parts)}</svg>'
    )


def text(x: float, y: float, words: str, *, anchor: str = "start", colour: str = INK) -> str:
    """A line of text whose start, middle or end is at x."""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-family="Source Sans 3" font-size="{TYPE_SIZE}" fill="{colour}"'
        f' text-anchor="{anchor}">{escape(drawable(words))}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 0.5, dashed: bool = False) -> str:
    """A straight line."""
    dashes = ' stroke-dasharray="5 3"' if dashed else ""
    return (
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{colour}"'
        f' stroke-width="{width}"{dashes}/>'
    )


def ems(words: str) -> float:
    """About how wide the words are, in times the type size; rather too much than too little."""
    return sum(0.32 if one in NARROW else 0.85 if one in WIDE else 0.62 if one.isupper() else 0.53 for one in words)
