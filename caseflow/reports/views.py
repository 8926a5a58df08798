"""The blueprint of the report pages; the pages themselves stand in the modules imported at the bottom."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("reports", __name__)

from caseflow.reports import frozen_views, report_views  # noqa: E402,F401
