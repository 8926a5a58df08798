"""Every text that users read can be had in English: nothing is said past the catalogue, and it lacks nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import nodes

from caseflow.accounts.passwords import TRIED_FIRST
from caseflow.accounts.sessions import BROWSERS, SYSTEMS
from caseflow.cases.correcting_person import CORRECTED, WORDS
from caseflow.cases.services import CLOSING_NOTE
from caseflow.cases.terms import EmploymentForm, PlacementKind
from caseflow.organisation.staff import BY_THE_MUNICIPALITY
from caseflow.privacy.others import MASKED_TEXT
from caseflow.web import language
from caseflow.web.forms import SENTENCES
from tests.meta.sources import ROOT, named, python_files, tree

TEMPLATES = ROOT / "templates"
CALLS = {"_", "_l", "_n", "gettext", "ngettext"}
LOGGED = {"getLogger", "debug", "info", "warning", "error", "exception"}
# Folders whose texts still are in Swedish alone.
SWEDISH_ALONE = {}
# What is said to whoever runs commands, in a terminal, words of files, what jobs write down and what is given out: in
# Swedish alone.
EXEMPT = re.compile(
    r"caseflow/(local/|cli\.py|worker\.py|[a-z]+/commands\.py|[a-z]+/base_data\.py|accounts/demo\.py"
    r"|imports/(kinds|drafts|flow|happenings|people|placing|hostile|reading|referring|rows|services|values)\.py"
    r"|measures/checks\.py|jobs/(runner|celery_settings)\.py|core/(language|arguments|clock)\.py|web/(headers|vendor)\.py"
    r"|reports/(suppression|outside_words)\.py|security/(anchors|chain|permissions_document|roles)\.py"
    r"|privacy/(activities|catalogue|catalogue_of_registers|record|extract|extract_pdf)\.py)"
)
# Names that are the same in every language, or that nobody reads.
NAMES = {
    *("Caseflow", "Register", "ska öka", "Row", "View", "FilterExpressions", "åäö", "åäöéü", "Workplace.name"),
    *("Placement.id", "Assessment.id"),
    *("Calibri", "Content-Disposition", "Strict", "Excel", "PDF", "CSV", "JSON", "mwMW%@ÅÄÖ—"),
    *("Esc", "Select", "Arbetsmarknads", "Arbets\N{SOFT HYPHEN}marknads\N{SOFT HYPHEN}", *SENTENCES),
    *("Avvisade rader, inläsning ", "Skillnader mot fryst rapport ", "utlämnat", BY_THE_MUNICIPALITY),
    *(word for pair in (*BROWSERS, *SYSTEMS) for word in pair),
    *TRIED_FIRST,
}
# Words of files, and what is written into a case for whoever reads it later.
NAMES |= {kind.word for kind in (*PlacementKind, *EmploymentForm)} | {CLOSING_NOTE, "Ny konsulent: "}
NAMES |= {CORRECTED, *WORDS.values(), MASKED_TEXT}
SHOWN = ("title", "aria-label", "placeholder", "alt", "label", "aria-description", "aria-roledescription")
SHOWN += ("data-announce",)
TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^<>]*>", re.DOTALL)
ATTRIBUTE = re.compile(rf"\s(?:{'|'.join(SHOWN)})=\"([^\"]*)\"")
VALUE = re.compile(r"%\(\w+\)s|%%|\{\w+\}")
WORD = re.compile(r"[A-Za-zÅÄÖåäö]{2,}")
# A text that people read has Swedish letters, or begins like a sentence.
SAID = re.compile(r"[åäöÅÄÖ]|^[A-ZÅÄÖ][a-zåäö]+(?![a-zA-Z]*[A-Z_(=\[])")


def template_names() -> list[str]:
    paths = sorted(TEMPLATES.rglob("*.html"))
    return [named(path) for path in paths if named(path.parent) not in SWEDISH_ALONE]


def module_names() -> list[str]:
    paths = python_files("caseflow/")
    return [named(path) for path in paths if not EXEMPT.match(named(path)) and named(path.parent) not in SWEDISH_ALONE]


@pytest.mark.parametrize("name", template_names())
def test_a_template_says_everything_through_the_catalogue(migrated_app: Flask, name: str) -> None:
    parsed = migrated_app.jinja_env.parse((ROOT / name).read_text())
    assert [*texts_of(parsed), *said_in_expressions(parsed)] == []


@pytest.mark.parametrize("name", module_names())
def test_a_module_says_everything_through_the_catalogue(name: str) -> None:
    assert sorted(said_past_the_catalogue(ROOT / name)) == []


def test_what_is_translated_stands_whole_in_the_source() -> None:
    """A text put together before it is looked up is in no catalogue."""
    wrong = [
        f"{named(path)}:{node.lineno}"
        for path in python_files("caseflow/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS
        if not isinstance(node.args[0], ast.Constant)
    ]
    assert wrong == []


def texts_of(parsed: nodes.Template) -> list[str]:
    """Words in the HTML itself, between tags or in an attribute that is shown; an expression stands as a digit."""
    classes = [block for block in parsed.find_all(nodes.Block) if block.name == "main_class"]
    unread = {id(output) for block in classes for output in block.find_all(nodes.Output)}
    html = "".join(
        part.data if isinstance(part, nodes.TemplateData) else "0"
        for output in parsed.find_all(nodes.Output)
        if id(output) not in unread
        for part in output.nodes
    )
    shown = [TAG.sub(" ", html), *ATTRIBUTE.findall(html)]
    return [word for text in shown for word in WORD.findall(text.replace("&nbsp;", " ")) if word not in NAMES]


def said_in_expressions(parsed: nodes.Template) -> Iterator[str]:
    """Constants that read as a text, outside the calls of the catalogue."""
    within = {
        id(constant)
        for call in parsed.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in CALLS
        for constant in call.find_all(nodes.Const)
    }
    for constant in parsed.find_all(nodes.Const):
        value = constant.value
        if id(constant) not in within and isinstance(value, str) and SAID.search(value) and value not in NAMES:
            yield value


def said_past_the_catalogue(path: Path) -> Iterator[str]:
    """Texts of a module that are neither documentation nor in a call of the catalogue."""
    module = tree(path)
    passed = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node) in CALLS | {
            "getLogger",
            "debug",
            "info",
            "warning",
            "exception",
        }:
            passed |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        if isinstance(node, ast.Raise | ast.Assert):
            passed |= {id(inner) for inner in ast.walk(node) if is_own_mistake(node)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield from [node.value] if SAID.search(node.value) and node.value not in NAMES else []


def is_own_mistake(node: ast.Raise | ast.Assert) -> bool:
    """Whether what is said reaches no user: an assertion, or one of Python's own errors."""
    if isinstance(node, ast.Assert):
        return True
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id in {"ValueError", "TypeError", "RuntimeError", "LookupError"}


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_the_english_catalogue_is_complete_and_up_to_date(tmp_path: Path) -> None:
    """`flask --app wsgi translations` brings it up to date; the English is then written in the catalogue."""
    language.extract(tmp_path / "messages.pot")
    wanted = {message.id for message in catalogue(tmp_path / "messages.pot") if message.id}
    english = {message.id: message.string for message in catalogue(language.CATALOGUE) if message.id}
    assert {text: None for text in wanted if not english.get(text) or not all(english[text])} == {}
    assert english.keys() - wanted == set()


def test_a_translation_has_the_values_of_the_original() -> None:
    wrong = [
        message.id
        for message in catalogue(language.CATALOGUE)
        if message.id and values_in(message.id) != values_in(message.string)
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    compiled = BytesIO()
    write_mo(compiled, catalogue(language.CATALOGUE))
    assert language.CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue()


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en")


def values_in(text: str | tuple[str, ...]) -> set[str]:
    """The places for values; of a number and its plural, those of the plural."""
    return set(VALUE.findall(text if isinstance(text, str) else text[-1]))
