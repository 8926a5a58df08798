"""What stands on a page."""

from __future__ import annotations

import html5lib

NBSP = "\N{NO-BREAK SPACE}"


def text_of(html: str) -> str:
    """The page's text, with single spaces."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    return " ".join("".join(tree.itertext()).replace(NBSP, " ").split())


def tables_of(html: str) -> dict[str, dict[str, list[str]]]:
    """The texts of every report table's cells, by table and row; marks of footnotes are left out."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    found: dict[str, dict[str, list[str]]] = {}
    for table in tree.iter("table"):
        if "data-table" in table.attrib:
            rows = {row.attrib["data-row"]: [_text(cell) for cell in row] for row in table.iter("tr") if row.attrib}
            found[table.attrib["data-table"]] = rows
    return found


def links_of(html: str) -> list[str]:
    """Where the cells of report tables lead."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    tables = [table for table in tree.iter("table") if "data-table" in table.attrib]
    return [link.attrib["href"] for table in tables for link in table.iter("a") if link.attrib["href"][0] == "/"]


def _text(cell: object) -> str:
    for mark in list(cell.iter("sup")):  # type: ignore[attr-defined]
        mark.clear()
    return " ".join("".join(cell.itertext()).split())  # type: ignore[attr-defined]
