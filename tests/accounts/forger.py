"""A provider that answers whatever the test wants, signed by a key of the test: what no real one would say."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from caseflow.core import clock
from caseflow.local.ports import LOOPBACK, free_port

CLIENT_ID, CLIENT_SECRET = "caseflow", "ett-slumpat-ord-mellan-dem-och-oss"
ROLES = "AMC-konsulenter=counsellor AMC; AMS-konsulenter=counsellor AMS; Chefer=manager; Fel enhet=counsellor AFI"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
CALLBACK = "/logga-in/kommunen/svar"


class Forger:
    """`claims` is what the next token says, beside what belongs to the errand; a claim of None is left out."""

    def __init__(self, issuer: str) -> None:
        self.issuer = self.said_issuer = issuer
        self.key = self.signed_with = KEY
        self.header = {"alg": "RS256", "kid": "one"}
        self.claims: dict[str, Any] = {}
        self.nonce = ""
        self.sent: dict[str, str] = {}
        self.has_token = True
        # What it tells of a user who is asked about, when it can be asked.
        self.user: dict[str, Any] | None = None

    def metadata(self) -> dict[str, Any]:
        told = {"userinfo_endpoint": f"{self.issuer}/user"} if self.user is not None else {}
        return told | {
            "issuer": self.said_issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/leave",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def token(self) -> dict[str, Any]:
        """What is given for a code."""
        name, _, secret = b64decode(request.headers["Authorization"].split()[1]).decode().partition(":")
        assert (name, secret) == (CLIENT_ID, CLIENT_SECRET)
        self.sent = request.form.to_dict()
        given = {"access_token": "a", "token_type": "Bearer", "expires_in": 300}
        return {**given, "id_token": self.id_token()} if self.has_token else given

    def id_token(self) -> str:
        now = int(clock.real_now().timestamp())
        told = {
            "iss": self.issuer,
            "sub": "0815",
            "aud": CLIENT_ID,
            "exp": now + 60,
            "iat": now,
            "auth_time": now,
            "nonce": self.nonce,
            "preferred_username": "kim.konsulent@kommun.test",
            "name": "Kim Konsulent",
            "groups": ["Alla", "AMC-konsulenter"],
        }
        told = {name: value for name, value in {**told, **self.claims}.items() if value is not None}
        if self.header["alg"] == "none":
            return jwt.encode(self.header, told, OctKey.import_key("x" * 32), algorithms=["none"])
        return jwt.encode(self.header, told, self.signed_with, algorithms=[self.header["alg"]])

    def ask(self, client: FlaskClient, way: str = "/logga-in/kommunen") -> str:
        """Begin the errand; the address that a browser would come back to."""
        there = client.get(way)
        assert there.status_code == 303, there.text
        assert (there.location or "").startswith(f"{self.issuer}/authorize"), there.location
        asked = {name: values[0] for name, values in parse_qs(urlsplit(there.location).query).items()}
        self.asked, self.nonce = asked, asked["nonce"]
        return f"{CALLBACK}?code=c0de&state={asked['state']}"

    def sign_in(self, client: FlaskClient, **claims: Any) -> TestResponse:
        """The whole way, with these claims."""
        back = self.ask(client)
        self.claims = claims
        return client.get(back)


@contextmanager
def forging() -> Iterator[Forger]:
    """It answers on a port of its own meanwhile."""
    port = free_port()
    forger = Forger(f"http://{LOOPBACK}:{port}")
    app = Flask("forger")
    app.add_url_rule("/.well-known/openid-configuration", "metadata", lambda: forger.metadata())
    app.add_url_rule("/keys", "keys", lambda: {"keys": [forger.key.as_dict(private=False)]})
    app.add_url_rule("/token", "token", lambda: forger.token(), methods=["POST"])
    app.add_url_rule("/user", "user", lambda: forger.user)
    server = make_server(LOOPBACK, port, app)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield forger
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
