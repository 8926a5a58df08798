"""Caseflow: every participant from referral to exit, and the board's figures from the same rows. Wiring only."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from flask import Flask
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.middleware.proxy_fix import ProxyFix

from caseflow import cli, web
from caseflow.accounts.sessions import SessionInterface
from caseflow.extensions import celery, csrf, db, limiter, login, migrate
from caseflow.jobs import celery_settings, dispatch
from caseflow.security import audit, guard
from config import Config

FEATURES = ("jobs", "accounts", "guide", "organisation", "people", "cases", "imports", "measures", "reports", "privacy")


def create_app() -> Flask:
    """The application, with settings from the environment."""
    app = Flask(__name__, template_folder="../templates", static_folder="../static")
    app.config.from_object(Config())
    app.session_interface = SessionInterface()
    if app.config["SESSION_COOKIE_SECURE"]:
        # https is served by a proxy in front, so the last of the forwarded addresses is its word, not the browser's.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"]
    # A stopped Redis must neither delay anybody (hence one short try) nor shut anybody out: then each process counts
    # for itself.
    app.config["RATELIMIT_STORAGE_OPTIONS"] = {
        "socket_connect_timeout": 0.5,
        "socket_timeout": 0.5,
        "retry": Retry(NoBackoff(), 0),
    }
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
    # The last minute, whenever it began: else twice as many tries fit around the turn of a minute.
    app.config["RATELIMIT_STRATEGY"] = "moving-window"

    import_models()
    db.init_app(app)
    migrate.init_app(app, db, directory="migrations", compare_type=True)
    login.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    celery.conf.update(celery_settings.settings(app.config["REDIS_URL"]))
    dispatch.listen(db.session)
    guard.install(app)
    web.install(app)
    for module in (*features_with("views"), *features_with("api")):
        app.register_blueprint(module.bp)
    features_with("tasks")
    cli.install(app)
    audit.install(app, db.session)
    return app


def import_models() -> None:
    """Load every model, so that relationships and migrations know all tables."""
    features_with("models")
    import_module("caseflow.security.audit")


def features_with(name: str) -> list[ModuleType]:
    """The modules of this name, in the order in which features may know each other."""
    paths = [f"caseflow.{feature}.{name}" for feature in FEATURES]
    return [import_module(path) for path in paths if find_spec(path)]
