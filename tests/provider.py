"""A real OpenID provider, Canaille, as a process of its own: `python -m tests.provider PORT CALLBACK`.

It stands for the municipality's own sign-in. Everything is in its memory, and gone with it.
"""

from __future__ import annotations

import logging
import sys

from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET, PASSWORD = "caseflow", "ett-slumpat-ord-mellan-dem-och-oss", "kommunens lösenord"
# User name, given and family name, and the groups that the municipality has put them in.
PEOPLE = (
    ("kim.konsulent", "Kim", "Konsulent", ("AMC-konsulenter",)),
    ("charlie.chef", "Charlie", "Chef", ("Caseflow-chefer",)),
    ("valle.vaktmastare", "Valle", "Vaktmästare", ("Vaktmästare",)),
)
ROLES = "AMC-konsulenter=counsellor AMC; Caseflow-chefer=manager"


def serve(port: int, callback: str) -> None:
    """Until the process is ended. Canaille is imported here alone: the tests read only the words above."""
    from canaille import create_app
    from canaille.backends import Backend

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    mapping = {"SUB": "{{ user.id }}", "PREFERRED_USERNAME": "{{ user.user_name }}"}
    app = create_app(
        {
            "SECRET_KEY": "only-for-tests",
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "TESTING": True,
            "CANAILLE": {"DATABASE": "memory", "LOGIN_ATTRIBUTES": ["user_name"], "CAPTCHA_ENABLED": False},
            "CANAILLE_OIDC": {"USERINFO_MAPPING": mapping},
        }
    )
    with app.app_context(), Backend.instance.session():
        fill(callback)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def fill(callback: str) -> None:
    """The people, their groups and the one site that they can sign in to."""
    from canaille.app import models
    from canaille.backends import Backend

    for username, given, family, groups in PEOPLE:
        user = models.User(
            user_name=username,
            given_name=given,
            family_name=family,
            formatted_name=f"{given} {family}",
            emails=[f"{username}@kommun.test"],
            password=PASSWORD,
        )
        Backend.instance.save(user)
        for group in groups:
            Backend.instance.save(models.Group(display_name=group, members=[user]))
    site = callback.removesuffix("/logga-in/kommunen/svar")
    client = models.Client(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_name="Caseflow",
        client_uri=f"{site}/",
        redirect_uris=[callback],
        post_logout_redirect_uris=[f"{site}/logga-in"],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "profile", "groups"],
        token_endpoint_auth_method="client_secret_basic",
    )
    Backend.instance.save(client)
    client.audience = [client]
    Backend.instance.save(client)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
