"""The WSGI application: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from __future__ import annotations

from caseflow import create_app

app = create_app()
