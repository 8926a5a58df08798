"""What meets a stranger at the door: hosts, headers, methods, addresses, and error pages that tell nothing."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.signing_in import own_path
from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in
from tests.web.production import production

REPO = Path(__file__).parents[2]

# A process of its own: production reads its settings when the application is created.
SCRIPT = """
import json
from caseflow import create_app

app = create_app()
browser = app.test_client()

def broken():
    raise ValueError("SELECT hemligt FROM /srv/caseflow")

app.view_functions["web.healthz"] = broken

def ask(path, method="GET", host="caseflow.kommun.test", **how):
    answer = browser.open(path, method=method, base_url=f"https://{host}", **how)
    return answer.status_code, answer.text, dict(answer.headers)

told = {
    "sign-in": ask("/logga-in"),
    "missing": ask("/finns-inte"),
    "method": ask("/logga-ut"),
    "large": ask("/logga-in", "POST", data={"username": "x" * 2_000_000}),
    "token": ask("/logga-in", "POST", data={"username": "x"}),
    "error": ask("/healthz"),
    "host": ask("/logga-in", host="elak.test"),
}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def answers(migrated_app: Flask) -> dict[str, tuple[int, str, dict[str, str]]]:
    """What a production answers to a stranger."""
    database_url = migrated_app.config["SQLALCHEMY_DATABASE_URI"]
    environment = {**os.environ, **production(database_url)}
    ran = subprocess.run([sys.executable, "-c", SCRIPT], cwd=REPO, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, tuple[int, str, dict[str, str]]] = json.loads(ran.stdout)
    return told


@pytest.mark.parametrize(
    ("name", "status"),
    [("missing", 404), ("method", 405), ("large", 413), ("token", 400), ("error", 500), ("host", 400)],
)
def test_an_error_page_of_production_tells_nothing_of_what_is_behind_it(
    answers: dict[str, tuple[int, str, dict[str, str]]], name: str, status: int
) -> None:
    code, text, headers = answers[name]
    assert code == status
    told = text + json.dumps(headers)
    hints = (
        r"Traceback|Werkzeug|Flask|Jinja|SQLAlchemy|psycopg|PostgreSQL|gunicorn|Python|SELECT|ValueError|/srv|\.py\b"
    )
    assert re.findall(hints, told, re.IGNORECASE) == []
    assert re.findall(r"\b\d+\.\d+\.\d+\b", re.sub(r"<svg.*?</svg>", "", told, flags=re.DOTALL)) == []


def test_production_answers_with_the_headers_of_a_closed_site(
    answers: dict[str, tuple[int, str, dict[str, str]]],
) -> None:
    _, _, headers = answers["sign-in"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_session_cookie_of_production_is_bound_to_the_host(
    answers: dict[str, tuple[int, str, dict[str, str]]],
) -> None:
    cookie = answers["sign-in"][2]["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


@pytest.mark.parametrize("host", ["elak.test", "localhost.elak.test", "127.0.0.1.elak.test", "evil@elak.test", "a b"])
def test_another_host_is_not_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/logga-in", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X"])
def test_methods_that_no_page_has_are_refused(client: FlaskClient, method: str) -> None:
    sign_in(client, factories.make_user(Role.COUNSELLOR))
    for path in ("/arenden", "/min-sida", "/logga-in"):
        assert client.open(path, method=method).status_code == 405


def test_the_method_cannot_be_changed_by_a_header_or_a_field(client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.COUNSELLOR))
    answer = client.get("/logga-ut?_method=POST", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405
    assert client.get("/min-sida").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        *("//elak.test", "///elak.test", "https://elak.test", "http:elak.test", "\\\\elak.test", "/\\elak.test"),
        *("/\t/elak.test", "/\n/elak.test", " //elak.test", "javascript:alert(1)", "data:text/html,x", "", "elak.test"),
        *("/x\\..\\y", "/\x00/elak.test", "https:///elak.test", "//elak.test/%2f..", "/\r\nSet-Cookie: a=b"),
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(target: str) -> None:
    assert own_path(target) is None


def test_a_page_of_ones_own_is_still_come_back_to() -> None:
    assert own_path("/arenden/2020-0001?flik=logg") == "/arenden/2020-0001?flik=logg"


def test_a_form_longer_than_any_text_is_refused(client: FlaskClient) -> None:
    sign_in(client, factories.make_user(Role.COUNSELLOR))
    assert client.post("/sok", data={"q": "x" * 2_000_000}).status_code == 413
    many = {f"field{place}": "x" for place in range(1_001)}
    assert client.post("/sok", data=many, content_type="multipart/form-data").status_code == 413


def test_a_stranger_sends_no_file_however_small(client: FlaskClient) -> None:
    files = {"files": (io.BytesIO(b"x" * 2_000_000), "hushall.csv")}
    assert client.post("/inlasning", data=files, content_type="multipart/form-data").status_code in (303, 413)
