"""The blueprint of data protection; the pages themselves stand in the modules imported at the bottom."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("privacy", __name__)

from caseflow.privacy import extract_views, hold_views, record_views, review_views, thinning_views  # noqa: E402,F401
