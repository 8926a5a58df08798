"""What a browser can tell of the page that it shows: axe's findings, its weight, and whether it scrolls or jumps."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.meta.sources import ROOT

# WCAG 2.2 AA and what axe holds to be good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# The slowest rule, for where the colours have been seen already.
BUT_CONTRAST = EVERYTHING | {"rules": {"color-contrast": {"enabled": False}}}
# The rules that look at colours: the only ones for which it matters whether the page is light or dark.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
CHART_SCRIPTS = ("/static/vendor/echarts.min.js", "/static/charts.js")
# Sent as they are: already packed.
PACKED = (".woff2", ".png")

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Counted from the first drawing on; what the reader's own click moves is no jump.
COUNT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  if (!entry.hadRecentInput) window.shifted += entry.value;
})).observe({type: 'layout-shift', buffered: true});
"""
ASKED_FOR = "performance.getEntriesByType('resource').map(one => one.name)"
# Two frames after the font: what the change set going has been drawn.
DRAWN = """() => document.fonts.ready.then(
  () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
)"""

# The distances between lines, letters, words and paragraphs that a reader may want (WCAG 1.4.12).
AIRY = """on => {
  const sheet = new CSSStyleSheet();
  if (on) sheet.replaceSync(`p { margin-bottom: 2em !important; }
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
# Whose text is cut off or runs out over what stands beside it. A region that scrolls may hold more than it shows, and
# what only a screen reader has is meant to be clipped.
SPILT = """() => [...document.querySelectorAll('main *, header *')].filter(one => {
  const style = getComputedStyle(one);
  const inRegion = one.closest('.cf-wrap, [tabindex="0"]');
  const hides = way => ['hidden', 'clip'].includes(style[way]);
  const wide = one.scrollWidth > one.clientWidth + 1, high = one.scrollHeight > one.clientHeight + 1;
  const isText = one.innerText?.trim() && one.tagName !== 'SELECT' && style.display !== 'inline';
  const isShown = one.clientWidth > 1 && style.clipPath === 'none' && !inRegion;
  const spills = (wide && (hides('overflowX') || style.overflowX === 'visible')) || (high && hides('overflowY'));
  return isText && isShown && spills;
}).map(one => one.outerHTML.slice(0, 160))"""
# What still moves for somebody who has asked for no motion.
MOVING = """() => [document.documentElement, ...document.querySelectorAll('body *')].filter(one => {
  const style = getComputedStyle(one);
  const longest = times => Math.max(...times.split(',').map(parseFloat));
  return style.scrollBehavior === 'smooth' || longest(style.transitionDuration) > .01
    || (style.animationName !== 'none' && longest(style.animationDuration) > .01);
}).map(one => one.outerHTML.slice(0, 160))"""


def violations(page: Page, options: dict[str, Any] = EVERYTHING, within: str = "html") -> Iterator[str]:
    """What axe finds on the page, or a part of it, as it is shown now, one line per rule and place."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"axe.run({json.dumps(within)}, {json.dumps(options)}).then(result => result.violations)")
    for rule in found:
        for node in rule["nodes"]:
            yield f"{rule['id']}: {node['html'][:160]} ({' '.join(map(str, node['target']))})"


def show(page: Page, theme: str) -> None:
    """Draw the page in the other colours, without a transition in between."""
    page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
    page.evaluate(DRAWN)


def weight(page: Page, body: bytes) -> int:
    """Bytes that the page and its parts are sent in, compressed as in production, without the scripts of charts."""
    paths = {urlsplit(address).path for address in page.evaluate(ASKED_FOR)}
    parts = [path for path in paths if path.startswith("/static/") and path not in CHART_SCRIPTS]
    return len(gzip.compress(body, 5)) + sum(sent_size(path) for path in parts)


@cache
def sent_size(path: str) -> int:
    content = (ROOT / path.lstrip("/")).read_bytes()
    return len(content) if path.endswith(PACKED) else len(gzip.compress(content, 5))
