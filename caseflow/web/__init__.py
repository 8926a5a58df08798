"""What every page shares: navigation, formats, error pages and headers."""

from __future__ import annotations

from flask import Flask

from caseflow.web import addresses, errors, formatting, headers, health, language, navigation


def install(app: Flask) -> None:
    """Wire the shared parts into the application."""
    addresses.install(app)
    errors.install(app)
    formatting.install(app)
    headers.install(app)
    language.install(app)
    navigation.install(app)
    app.register_blueprint(health.bp)
