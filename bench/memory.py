"""How much memory a process that rebuilds everything takes: run by itself, prints megabytes."""

from __future__ import annotations

from pathlib import Path

from bench import product
from caseflow import create_app
from caseflow.extensions import db

if __name__ == "__main__":
    with create_app().app_context():
        product.rebuild()
        db.session.rollback()
    # What the system says of a process begins with what its parent took, save in this file.
    told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(told["VmHWM"].split()[0]) / 1024)
