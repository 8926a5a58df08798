"""Messages that offer to take the step back."""

from __future__ import annotations

from flask import flash

UNDO = "undo "


def flash_with_undo(text: str, url: str) -> None:
    """Say what was done, beside a button that posts to `url`, which does the opposite."""
    flash(text, f"{UNDO}{url}")
