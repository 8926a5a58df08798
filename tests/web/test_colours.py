"""Colours come from the tokens alone: no template and no rule of our own writes one out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import ImageColor

from tests.web.test_templates import ROOT, TEMPLATES, named

STYLE = (ROOT / "static/caseflow.css").read_text()
SCRIPTS = sorted((ROOT / "static").glob("*.js"))
# Where the tokens get their values, and what cannot read them: pictures in an address, and the margins of paper.
TOKENS = re.compile(r":root, \[data-bs-theme\] {.*?\n}", re.DOTALL)
UNREACHED = re.compile(r'url\("data:[^"]*"\)|@bottom-\w+ {[^}]*}')
HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b(?![-\w])", re.IGNORECASE)
FUNCTION = re.compile(r"\b(?:rgba?|hsla?|hwb|oklch|oklab|lab|lch)\(")
NAMES = "|".join(ImageColor.colormap)
NAMED = re.compile(rf"[:\s(,\"'](?:{NAMES})(?=[;\s),\"'])", re.IGNORECASE)
QUOTED = re.compile(rf"([\"'`])(?:{NAMES})\1", re.IGNORECASE)
BOOTSTRAP = re.compile(
    r"\b(?:text-bg|bg|text|border|link|alert|badge|btn)-(?:primary|secondary|success|danger|warning|info|light|dark|white|black)\b"
)
OWN_BUTTON = "btn-primary"


def colours_in(text: str) -> list[str]:
    return [*HEX.findall(text), *FUNCTION.findall(text), *NAMED.findall(text)]


def attributes_of(source: str) -> str:
    """What a template says inside its tags, without its own language and the targets of links."""
    without_jinja = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", source, flags=re.DOTALL)
    tags = re.findall(r"<[a-z][^>]*>", without_jinja)
    return "\n".join(re.sub(r'\b(?:href|id|for|data-[\w-]+|aria-[\w-]+)="[^"]*"', "", tag) for tag in tags)


def colours_of_script(source: str) -> list[str]:
    """As a script writes them: in strings. The names are also words of the language and of comments."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return [*HEX.findall(source), *(found[0] for found in QUOTED.finditer(source))]


@pytest.mark.parametrize("template", TEMPLATES, ids=named)
def test_a_template_writes_no_colour(template: Path) -> None:
    source = template.read_text()
    assert colours_in(attributes_of(source)) == []
    assert {found[0] for found in BOOTSTRAP.finditer(source)} - {OWN_BUTTON} == set()


def test_our_rules_write_colours_only_where_the_tokens_are() -> None:
    assert TOKENS.search(STYLE)
    rules = re.sub(r"/\*.*?\*/", "", UNREACHED.sub("", TOKENS.sub("", STYLE)), flags=re.DOTALL)
    assert colours_in(rules) == []


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_a_script_asks_the_tokens_for_its_colours(script: Path) -> None:
    assert colours_of_script(script.read_text()) == []


@pytest.mark.parametrize(
    "written", ["#0b4f5c", "#fff", "rgb(10 25 30 / .4)", 'fill="red"', "color: white;", "background:hsl(1 2% 3%)"]
)
def test_a_colour_is_seen(written: str) -> None:
    assert colours_in(written)


@pytest.mark.parametrize("name", ["cyan", "magenta", "beige", "skyblue", "rebeccapurple"])
def test_every_named_colour_is_seen_in_rules_and_scripts(name: str) -> None:
    assert colours_in(f"color: {name};")
    assert colours_of_script(f"const ink = '{name}';")


@pytest.mark.parametrize(
    "written", ["var(--late)", "#main", "url(#hatch)", "color-mix(in oklab, var(--st) 11%, var(--bg))"]
)
def test_a_token_is_no_colour(written: str) -> None:
    assert not colours_in(written)


@pytest.mark.parametrize("name", ["text-bg-danger", "bg-light", "text-primary", "btn-danger", "border-warning"])
def test_a_class_of_bootstraps_own_colours_is_seen(name: str) -> None:
    assert BOOTSTRAP.search(f'class="mb-2 {name}"')


def test_the_primary_button_is_themed_by_the_tokens() -> None:
    assert re.search(r"\.btn-primary { --bs-btn-color: var\(--on-accent\)", STYLE)
