"""No figure reads a register as it is today when it is asked for as known earlier."""

from __future__ import annotations

import ast

from flask import Flask

from caseflow.history import registers
from tests.meta.sources import named, python_files, tree

# Where today's registers are meant.
BY_CODE = "takes units by their code, which never changes"
TODAY = {
    "caseflow/measures/checks.py": "checks what the database says now",
    "caseflow/measures/control_charts.py": BY_CODE,
    "caseflow/measures/counted.py": "reads the counts of now",
    "caseflow/measures/counts.py": "counts what is known now",
    "caseflow/measures/equality.py": BY_CODE,
    "caseflow/measures/facts.py": "makes the registers of then",
    "caseflow/measures/indicators.py": BY_CODE,
    "caseflow/measures/lead_times.py": "the page of now",
    "caseflow/measures/log_arrays.py": "reads what is known now, for a rebuild",
    "caseflow/measures/services.py": "decides what to compute anew",
    "caseflow/measures/workload.py": "the page of what each has now",
    "caseflow/reports/asked.py": BY_CODE,
    "caseflow/reports/changes.py": "tells what has changed since",
    "caseflow/reports/lineage.py": "names what was counted as it is called now, to whoever may see it now",
    "caseflow/reports/naming.py": "names cases and households as they are called now, to whoever may see them now",
}


def test_measures_and_reports_name_registers_through_facts_alone(app: Flask) -> None:
    names = {model.__name__ for model in registers()}
    raw = [
        f"{named(path)}:{name.lineno} {name.id}"
        for path in python_files("caseflow/measures/", "caseflow/reports/")
        if named(path) not in TODAY
        for name in outside_annotations(tree(path))
        if name.id in names
    ]
    assert raw == []


def outside_annotations(module: ast.Module) -> list[ast.Name]:
    """Every name that is used, save those that only tell a type."""
    told = [
        annotation
        for node in ast.walk(module)
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if annotation is not None
    ]
    types = {id(name) for annotation in told for name in ast.walk(annotation)}
    return [node for node in ast.walk(module) if isinstance(node, ast.Name) and id(node) not in types]
