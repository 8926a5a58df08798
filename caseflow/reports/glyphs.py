"""Which characters the typeface of the PDF has. A character without a shape would make the file unreadable to some."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parents[2] / "static" / "vendor"
TYPEFACES = ("SourceSans3-Regular.otf", "SourceSans3-Semibold.otf")
# What stands for a character that cannot be drawn.
MISSING = "\N{WHITE SQUARE}"


def drawable(text: str) -> str:
    """The text with every character drawn: line breaks and tabs as spaces, what the typeface lacks as a square."""
    known = characters()
    return "".join(one if one in known else MISSING for one in " ".join(text.split("\n")).replace("\t", " "))


@cache
def characters() -> frozenset[str]:
    """The characters that all typefaces have."""
    return frozenset.intersection(*(_characters((FONTS / name).read_bytes()) for name in TYPEFACES))


def _characters(font: bytes) -> frozenset[str]:
    """From the font's character map, format 12: groups of first code point, last code point, first shape.

    Source: OpenType specification, "cmap".
    """
    start = next(
        offset
        for tag, _, offset, _ in struct.iter_unpack(">4sIII", font[12 : 12 + 16 * _short(font, 4)])
        if tag == b"cmap"
    )
    subtables = struct.iter_unpack(">HHI", font[start + 4 : start + 4 + 8 * _short(font, start + 2)])
    full = next(start + offset for _, _, offset in subtables if _short(font, start + offset) == 12)
    (groups,) = struct.unpack_from(">I", font, full + 12)
    return frozenset(
        chr(code)
        for first, last, _ in struct.iter_unpack(">III", font[full + 16 : full + 16 + 12 * groups])
        for code in range(first, last + 1)
    )


def _short(font: bytes, at: int) -> int:
    (number,) = struct.unpack_from(">H", font, at)
    return int(number)
