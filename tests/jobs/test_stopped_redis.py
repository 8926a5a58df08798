"""A stopped Redis makes no page fail and none slow."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from caseflow.extensions import db
from caseflow.jobs.models import Job

REPO = Path(__file__).parents[2]

# A process of its own, since the address of Redis is read when the application is created.
SCRIPT = """
import json, time
from caseflow import create_app
from caseflow.database import unit_of_work
from caseflow.jobs.dispatch import enqueue

app = create_app()
app.config["WTF_CSRF_ENABLED"] = False
seconds = []
with app.app_context():
    for number in range(3):
        began = time.monotonic()
        with unit_of_work():
            enqueue("measures.rebuild", {}, key=f"number {number}")
        seconds.append(time.monotonic() - began)
client = app.test_client()
began = time.monotonic()
status = client.post("/logga-in", data={"username": "nobody", "password": "wrong password"}).status_code
print(json.dumps({"enqueue": seconds, "sign_in": time.monotonic() - began, "status": status}))
"""


@pytest.mark.slow
@pytest.mark.parametrize("listens", [False, True], ids=["refuses", "never answers"])
def test_with_redis_stopped_work_is_kept_and_pages_answer(app: Flask, listens: bool) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if listens:
            listener.listen()
        settings = {
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            "REDIS_URL": f"redis://127.0.0.1:{listener.getsockname()[1]}/0",
        }
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=REPO,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["status"] == 422
    assert told["enqueue"][0] < 3
    assert max(told["enqueue"][1:]) < 0.5
    assert told["sign_in"] < 3
    assert db.session.scalar(select(func.count()).select_from(Job)) == 3
