"""Caseflow on one's own machine: PostgreSQL and Valkey from wheels, the web, the worker and the beat.

`run.py` hands over to `python -m caseflow.local serve` or `... test`. Nothing here is used in production.
"""
