"""Settings, all from the environment; the embedded start (`run.py`) fills them in."""

from __future__ import annotations

import base64
import os
import re
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from caseflow.security.permissions import Role

# Where the site answers when nothing is said: on one's own machine only.
OWN_MACHINE = ("localhost", "127.0.0.1", "[::1]")
FOR_DEVELOPERS = ("CASEFLOW_DEMO", "CASEFLOW_TODAY", "CASEFLOW_DATA", "FLASK_DEBUG", "WERKZEUG_DEBUG_PIN")
# Words of examples and of tests: too long to stand in a random key by chance.
PLACEHOLDERS = re.compile(
    r"password|example|default|change-?me|only-for|caseflow|^(postgres|secret|test)$", re.IGNORECASE
)
SHORTEST_KEY, FEWEST_CHARACTERS, SHORTEST_SECRET = 32, 12, 16
RETENTION_STATUTE = (
    "12 kap. 1–2 §§ socialtjänstlagen (2001:453), och motsvarande bestämmelser i socialtjänstlagen (2025:400)"
)


class SettingsRefused(RuntimeError):
    """Production does not start with these settings. The argument says which, never what they hold."""


# What PostgreSQL is told of every connection. Its own random_page_cost is of disks that turn; the tables stand in
# memory, where a row by index costs as little as the next of a scan.
SESSION = ("timezone=UTC", "lock_timeout=10s", "random_page_cost=1.1")


class Config:
    """Read once when the application is created. Raises KeyError naming the variable that is missing.

    CASEFLOW_HTTPS=1 means production: then nothing that is meant for a developer's machine is let through. Without it
    only the own machine's names are answered, so a production that forgot it serves nobody.
    """

    def __init__(self) -> None:
        is_production = os.environ.get("CASEFLOW_HTTPS") == "1"
        if is_production:
            refuse_defaults()
        self.SECRET_KEY = os.environ["SECRET_KEY"]
        self.CASEFLOW_PNR_KEY = os.environ["CASEFLOW_PNR_KEY"]
        self.CASEFLOW_PNR_HASH_KEY = os.environ["CASEFLOW_PNR_HASH_KEY"]
        # A demo shows its sign-ins on the sign-in page.
        self.CASEFLOW_DEMO = os.environ.get("CASEFLOW_DEMO") == "1"
        # Who answers for the personal data, as the record of processing activities names them.
        self.CASEFLOW_CONTROLLER = os.environ.get("CASEFLOW_CONTROLLER", "")
        # How long records are kept after their last entry, by which law, and which days of birth are kept for research.
        self.CASEFLOW_RETENTION_YEARS = os.environ.get("CASEFLOW_RETENTION_YEARS", "5")
        self.CASEFLOW_RETENTION_STATUTE = os.environ.get("CASEFLOW_RETENTION_STATUTE", RETENTION_STATUTE)
        self.CASEFLOW_RESEARCH_DAYS = os.environ.get("CASEFLOW_RESEARCH_DAYS", "5,15,25")
        self.CASEFLOW_DATA_PROTECTION_OFFICER = os.environ.get("CASEFLOW_DATA_PROTECTION_OFFICER", "")
        self.REDIS_URL = os.environ["REDIS_URL"]
        # A folder outside the database, on a disk that the database's owner does not write to.
        self.CASEFLOW_ANCHORS = os.environ.get("CASEFLOW_ANCHORS")
        # The role that owns the tables, for migrations alone: what answers requests must not have it.
        self.CASEFLOW_OWNER_URL = os.environ.get("CASEFLOW_OWNER_URL")
        self.SQLALCHEMY_DATABASE_URI = _psycopg(os.environ["DATABASE_URL"])
        self.SQLALCHEMY_ENGINE_OPTIONS = {
            "pool_pre_ping": True,
            "connect_args": {"options": " ".join(f"-c {setting}" for setting in SESSION), "connect_timeout": 5},
        }
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.SESSION_COOKIE_HTTPONLY = True
        # Behind TLS in production; the embedded start serves plain http on loopback.
        self.SESSION_COOKIE_SECURE = is_production
        # The prefix has browsers refuse the cookie from another host of the domain, or over plain http.
        self.SESSION_COOKIE_NAME = "__Host-session" if is_production else "session"
        self.TRUSTED_HOSTS = _hosts() or [*OWN_MACHINE]
        # Of the signed cookie of a stranger; a user's session is `accounts/sessions.py`'s matter.
        self.PERMANENT_SESSION_LIFETIME = timedelta(hours=10)
        self.SECOND_FACTOR_ROLES = _roles(os.environ.get("CASEFLOW_SECOND_FACTOR"), is_production)
        # The municipality's own sign-in (OpenID Connect); without an issuer there is none.
        self.OIDC_ISSUER = os.environ.get("CASEFLOW_OIDC_ISSUER", "")
        self.OIDC_CLIENT_ID = os.environ.get("CASEFLOW_OIDC_CLIENT_ID", "")
        self.OIDC_CLIENT_SECRET = os.environ.get("CASEFLOW_OIDC_CLIENT_SECRET", "")
        self.OIDC_SCOPES = os.environ.get("CASEFLOW_OIDC_SCOPES", "openid profile")
        self.OIDC_ROLES_CLAIM = os.environ.get("CASEFLOW_OIDC_ROLES_CLAIM", "groups")
        self.OIDC_ROLES = _granted(os.environ.get("CASEFLOW_OIDC_ROLES", ""))
        # The values of `acr` or `amr` that say that a second factor was shown there.
        self.OIDC_TWO_FACTORS = frozenset(os.environ.get("CASEFLOW_OIDC_TWO_FACTORS", "mfa").split())
        self.WTF_CSRF_TIME_LIMIT = None
        # What a form of text may be. Uploads have a limit of their own (caseflow/imports/views.py).
        self.MAX_CONTENT_LENGTH = 1024 * 1024
        self.TEMPLATES_AUTO_RELOAD = False


def refuse_defaults() -> None:
    """Raise SettingsRefused with everything that is not fit for production."""
    wrong = [f"{name} är till för den egna datorn, ta bort den" for name in FOR_DEVELOPERS if os.environ.get(name)]
    if not _hosts() or "*" in "".join(_hosts()):
        wrong.append("CASEFLOW_HOSTS ska ha webbplatsens namn, till exempel caseflow.kommun.se")
    keys = [os.environ["SECRET_KEY"], os.environ["CASEFLOW_PNR_HASH_KEY"], *os.environ["CASEFLOW_PNR_KEY"].split(",")]
    weak = any(len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS or PLACEHOLDERS.search(key) for key in keys)
    if weak or len(set(keys)) < len(keys) or not all(map(_is_fernet, keys[2:])):
        wrong.append("SECRET_KEY, CASEFLOW_PNR_HASH_KEY och CASEFLOW_PNR_KEY ska vara tre slumpade nycklar")
    password = unquote(urlsplit(os.environ["DATABASE_URL"]).password or "")
    if PLACEHOLDERS.search(password):
        wrong.append("DATABASE_URL har ett lösenord som är ett exempel")
    issuer, secret = os.environ.get("CASEFLOW_OIDC_ISSUER", ""), os.environ.get("CASEFLOW_OIDC_CLIENT_SECRET", "")
    if issuer and (not issuer.startswith("https://") or len(secret) < SHORTEST_SECRET or PLACEHOLDERS.search(secret)):
        wrong.append("CASEFLOW_OIDC_ISSUER ska börja med https och CASEFLOW_OIDC_CLIENT_SECRET vara slumpad")
    if wrong:
        raise SettingsRefused(f"Caseflow startar inte: {'; '.join(wrong)}. Se docs/running-in-production.md.")


def _roles(named: str | None, is_production: bool) -> frozenset[Role]:
    """The roles that sign in with a second factor: those named, or "none". When nothing is said, in production all but
    the controller's, who sees no person and administers nothing."""
    if named is None:
        return frozenset(Role) - {Role.CONTROLLER} if is_production else frozenset()
    return frozenset(Role(name) for name in named.split() if name != "none")


def _granted(text: str) -> dict[str, tuple[Role, str]]:
    """What a value of the municipality's claim gives, from "AMC-konsulenter=counsellor AMC; Chefer=manager": the role
    and the code of the unit, which is empty for a role without one."""
    granted = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        value, _, given = part.rpartition("=")
        role, _, unit = given.strip().partition(" ")
        if not value.strip() or role not in set(Role):
            raise SettingsRefused(
                "Caseflow startar inte: CASEFLOW_OIDC_ROLES ska ha formen grupp=roll enhet; grupp=roll."
            )
        granted[value.strip()] = (Role(role), unit.strip())
    return granted


def _hosts() -> list[str]:
    return [host.strip() for host in os.environ.get("CASEFLOW_HOSTS", "").split(",") if host.strip()]


def _is_fernet(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key.strip())) == 32
    except ValueError:
        return False


def _psycopg(url: str) -> str:
    """The same URL with the driver named, as `postgres://` and `postgresql://` come from hosts."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url
