"""The blueprint of the case pages; the pages themselves stand in the modules imported at the bottom."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__)

from caseflow.cases import (  # noqa: E402,F401
    area_views,
    case_views,
    case_views_corrections,
    case_views_person,
    case_views_placements,
    case_views_programmes,
    case_views_steps,
    case_views_watch,
    hand_over_views,
    list_views,
    new_referral_views,
    protected_views,
    referral_views,
    saved_view_views,
    search_views,
)
