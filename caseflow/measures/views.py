"""Pages."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("measures", __name__)
