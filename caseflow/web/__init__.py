"""What every page shares: navigation, formats, error pages and headers."""

from __future__ import annotations

from flask import Flask

from caseflow.web import addresses, errors, formatting, headers, language, navigation, style


def install(app: Flask) -> None:
    """Wire the shared parts into the application."""
    addresses.install(app)
    errors.install(app)
    formatting.install(app)
    headers.install(app)
    language.install(app)
    navigation.install(app)
    # Also has the address that a load balancer asks (health.py).
    app.register_blueprint(style.bp)
