"""Pages of the organisation. The blueprint is here, the pages by subject in modules of their own."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("organisation", __name__)

from caseflow.organisation import staff_views  # noqa: E402, F401  registers its pages
