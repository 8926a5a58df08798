"""The WSGI application: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from __future__ import annotations

from caseflow import create_app
from caseflow.local import servers
from caseflow.security.roles import refuse_owner

# For commands by hand beside `run.py`: the servers and keys of its data folder. Does nothing in production.
servers.ensure()
app = create_app()
refuse_owner(app)
