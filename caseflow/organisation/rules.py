"""Enums of the organisation, with their Swedish labels."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit does in the flow."""

    REFERS = "refers"
    RECEIVES = "receives"
    SUPPORTS = "supports"

    @property
    def label(self) -> str:
        return {"refers": "Anvisar", "receives": "Tar emot", "supports": "Stöd"}[self.value]


class Sector(StrEnum):
    """Who owns a workplace. The values are English, `label` is what files and pages say."""

    MUNICIPALITY = "municipality"
    MUNICIPAL_COMPANY = "municipal_company"
    PRIVATE = "private"
    NON_PROFIT = "non_profit"

    @property
    def label(self) -> str:
        return SECTOR_LABELS[self]


SECTOR_LABELS = {
    Sector.MUNICIPALITY: "kommun",
    Sector.MUNICIPAL_COMPANY: "kommunalt bolag",
    Sector.PRIVATE: "privat",
    Sector.NON_PROFIT: "ideell",
}
