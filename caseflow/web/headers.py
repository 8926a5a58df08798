"""Headers of every response."""

from __future__ import annotations

import secrets

from flask import Flask, Response, request

# What no page needs is not allowed; docs/decisions/0020-content-policy.md says why scripts and styles go by nonce.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src {nonce}",
        "style-src {nonce}",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# What browsers would let a page ask for; no page asks for any of it. Passkeys are asked for by this site only.
DENIED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
    *("fullscreen", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi"),
    *("payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
PERMISSIONS_POLICY = ", ".join(
    (*(f"{name}=()" for name in DENIED), "publickey-credentials-get=(self)", "publickey-credentials-create=(self)")
)

NONCE = "caseflow.csp_nonce"


def csp_nonce() -> str:
    """The word that lets this answer's own scripts and style sheets be loaded, and nothing else."""
    return str(request.environ.setdefault(NONCE, secrets.token_urlsafe(16)))


def content_security_policy() -> str:
    """The policy of this answer. One that has written no nonce loads no script and no style at all."""
    nonce = f"'nonce-{csp_nonce()}'" if NONCE in request.environ else "'none'"
    return CONTENT_SECURITY_POLICY.format(nonce=nonce)


def install(app: Flask) -> None:
    """Add the headers."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", content_security_policy())
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint != "static":
            # Pages hold secret data: nothing stays in a cache after sign-out.
            response.headers["Cache-Control"] = "no-store"
        return response
