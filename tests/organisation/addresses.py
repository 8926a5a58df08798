"""Addresses of the administration, by the codes that the tests know."""

from __future__ import annotations

from tests import factories


def unit_address(code: str, step: str = "") -> str:
    return "/".join(filter(None, [f"/forvaltning/enheter/{factories.unit(code).public_id}", step]))


def programme_address(code: str, step: str = "") -> str:
    return "/".join(filter(None, [f"/forvaltning/program/{factories.programme(code).public_id}", step]))
