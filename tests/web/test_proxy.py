"""Whose word is taken for where a request comes from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.web.production import production

REPO = Path(__file__).parents[2]

# A process of its own, since the setting is read when the application is created.
SCRIPT = """
import json
from flask import request, request_started
from caseflow import create_app

app = create_app()
seen = []

@request_started.connect_via(app)
def note(sender, **rest):
    seen.extend([request.remote_addr, request.url_root])

app.test_client().get("/static/none", headers={
    "X-Forwarded-For": "192.0.2.66, 192.0.2.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "caseflow.example.se"
})
print(json.dumps(seen))
"""


@pytest.mark.parametrize(
    ("https", "seen"),
    [("1", ["192.0.2.7", "https://caseflow.example.se/"]), ("0", ["127.0.0.1", "http://localhost/"])],
)
def test_forwarded_addresses_are_believed_only_where_https_says_that_a_proxy_is_in_front(
    app: Flask, https: str, seen: list[str]
) -> None:
    settings = production(app.config["SQLALCHEMY_DATABASE_URI"]) | {"CASEFLOW_HTTPS": https}
    settings["CASEFLOW_HOSTS"] = "caseflow.example.se,localhost"
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=REPO,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == seen
