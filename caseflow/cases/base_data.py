"""The areas that are scored until an administrator changes them."""

from __future__ import annotations

AREAS = (
    "Arbetslivserfarenhet",
    "Svenska i arbetet",
    "Hälsa och ork",
    "Motivation och mål",
    "Samarbete",
    "Struktur i vardagen",
    "Digital vana",
    "Ekonomi och boende",
)
