"""Pages of the organisation. The blueprint is here, the pages by subject in modules of their own."""

from __future__ import annotations

from flask import Blueprint

from caseflow.organisation import rules

bp = Blueprint("organisation", __name__)
bp.add_app_template_filter(rules.measure_label)
bp.add_app_template_filter(rules.measure_unit)

# Each registers its pages.
from caseflow.organisation import (  # noqa: E402, F401
    disclosure_views,
    municipal_views,
    programme_views,
    staff_views,
    target_views,
    unit_views,
    workplace_views,
)
