"""Settings, all from the environment; the embedded start (`run.py`) fills them in."""

from __future__ import annotations

import os
from datetime import timedelta


class Config:
    """Read once when the application is created. Raises KeyError naming the variable that is missing."""

    def __init__(self) -> None:
        self.SECRET_KEY = os.environ["SECRET_KEY"]
        self.CASEFLOW_PNR_KEY = os.environ["CASEFLOW_PNR_KEY"]
        self.CASEFLOW_PNR_HASH_KEY = os.environ["CASEFLOW_PNR_HASH_KEY"]
        # A demo shows its sign-ins on the sign-in page.
        self.CASEFLOW_DEMO = os.environ.get("CASEFLOW_DEMO") == "1"
        self.REDIS_URL = os.environ["REDIS_URL"]
        self.SQLALCHEMY_DATABASE_URI = _psycopg(os.environ["DATABASE_URL"])
        self.SQLALCHEMY_ENGINE_OPTIONS = {
            "pool_pre_ping": True,
            "connect_args": {"options": "-c timezone=UTC -c lock_timeout=10s", "connect_timeout": 5},
        }
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.SESSION_COOKIE_HTTPONLY = True
        # Behind TLS in production; the embedded start serves plain http on loopback.
        self.SESSION_COOKIE_SECURE = os.environ.get("CASEFLOW_HTTPS") == "1"
        self.PERMANENT_SESSION_LIFETIME = timedelta(hours=10)
        self.SESSION_REFRESH_EACH_REQUEST = False
        self.WTF_CSRF_TIME_LIMIT = None
        self.MAX_CONTENT_LENGTH = 50 * 1024 * 1024
        self.TEMPLATES_AUTO_RELOAD = False


def _psycopg(url: str) -> str:
    """The same URL with the driver named, as `postgres://` and `postgresql://` come from hosts."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url
