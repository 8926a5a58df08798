"""Templates: all can be read, all are used, and all that is asked for exists."""

from __future__ import annotations

import ast

import pytest
from flask import Flask
from jinja2 import meta

from caseflow.web.errors import PAGES
from tests.meta.sources import ROOT, python_files, tree

FOLDER = ROOT / "templates"
NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(migrated_app: Flask, name: str) -> None:
    migrated_app.jinja_env.get_template(name)


def test_every_template_is_used_and_every_one_asked_for_exists(migrated_app: Flask) -> None:
    of_errors = {f"errors/{status}.html" for status in (*PAGES, "other")}
    asked_for = asked_by_code() | asked_by_templates(migrated_app) | of_errors
    assert asked_for == set(NAMES)


def asked_by_code() -> set[str]:
    """Every text in the program that is the name of a template."""
    return {
        node.value
        for path in python_files("caseflow/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html")
    } - {".html"}


def asked_by_templates(app: Flask) -> set[str]:
    """What templates extend, include and import; None stands for a name that only the running page knows."""
    found = set()
    for name in NAMES:
        found |= set(meta.find_referenced_templates(app.jinja_env.parse((FOLDER / name).read_text())))
    assert None not in found, "a template's name must stand in the template, so that we can see that it is used"
    return {name for name in found if name is not None}
