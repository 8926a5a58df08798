"""The address that a load balancer asks."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import text

from caseflow.extensions import db

bp = Blueprint("web", __name__)


@bp.get("/healthz")
def healthz() -> tuple[str, int]:
    """200 when the database answers. Redis is not asked: pages work without it."""
    db.session.execute(text("SELECT 1"))
    return "ok", 200
