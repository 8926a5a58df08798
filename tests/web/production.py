"""The settings of a production, for tests that start one."""

from __future__ import annotations

import base64
import secrets


def production(database_url: str) -> dict[str, str]:
    """What `docs/production/caseflow.env.example` asks for, filled in."""
    return {
        "CASEFLOW_HTTPS": "1",
        "CASEFLOW_HOSTS": "caseflow.kommun.test",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "CASEFLOW_PNR_HASH_KEY": secrets.token_urlsafe(32),
        "CASEFLOW_PNR_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "DATABASE_URL": database_url,
        "CASEFLOW_TODAY": "",
        "CASEFLOW_DEMO": "",
        "CASEFLOW_DATA": "",
    }
