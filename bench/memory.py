"""How much memory a process that rebuilds everything takes: run by itself, prints megabytes."""

from __future__ import annotations

import resource

from bench import product
from caseflow import create_app
from caseflow.extensions import db

if __name__ == "__main__":
    with create_app().app_context():
        product.rebuild()
        db.session.rollback()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
