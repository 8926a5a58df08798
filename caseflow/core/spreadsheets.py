"""What a spreadsheet program would reckon out instead of showing it."""

from __future__ import annotations

# The last four are the full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """The text for a CSV cell, never a formula: an apostrophe before whatever begins as one."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
