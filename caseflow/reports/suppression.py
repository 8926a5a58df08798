"""A report for those outside: small numbers are hidden, and whatever they could be worked out from. Pure.

Which figures, and why: docs/decisions/0017-small-numbers.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from caseflow.reports.document import Cell, Chart, Column, Document, Kind, Row, Table
from caseflow.reports.outside_words import Figures, may_leave, names_a_case, without_numbers, word_may_leave
from caseflow.reports.protection import SMALLEST_SHOWN, Figure, Sum, protect
from caseflow.reports.wording import cell_words

SENTENCE = "Små tal (färre än 5) visas inte, och inte heller tal som de kan räknas ut ur."
NO_CHART = "Diagrammet visas inte, eftersom tal i tabellen är dolda."
# A text of more characters than this is a sentence.
FEW_WORDS = 40
# A figure: what a count counts, so that it is hidden wherever it stands; else the place of its cell.
Name = tuple[Any, ...]
Place = tuple[str, str, str]
SEXES = ("kvinnor", "man")


def for_outside(document: Document) -> Document:
    """The report as it may leave the organisation: marked, small numbers hidden, no way to the cases behind."""
    figures = dict(_figures(document))
    names = {place: name for place, (name, _, _) in figures.items()}
    values = {name: figure for name, figure, _ in figures.values()}
    small = {name for name, _, cell in figures.values() if _is_small(cell)}
    hidden = protect(values, [*_said_sums(document, names), *_traced_sums(document, figures)], small)
    places = {place for place, name in names.items() if name in hidden}
    places |= _hidden_with(document, figures, hidden)
    shown = frozenset(cell_words(cell, column) for place, column, cell in _cells(document) if place not in places)
    away = frozenset(cell_words(cell, column) for place, column, cell in _cells(document) if place in places)
    words = Figures(away - shown, shown)
    return replace(
        document,
        external=True,
        warnings=(SENTENCE, *(without_numbers(text, words) for text in document.warnings)),
        tables=tuple(_table(table, places, words) for table in document.tables),
        older_json={},
    )


def _cells(document: Document) -> Iterator[tuple[Place, Column, Cell]]:
    for table in document.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                yield (table.key, row.key, column.key), column, cell


def _figures(document: Document) -> Iterator[tuple[Place, tuple[Name, Figure, Cell]]]:
    """Every number, by its place."""
    for place, column, cell in _cells(document):
        if isinstance(cell.value, bool | str) or cell.value is None or not hasattr(cell.value, "__float__"):
            continue
        value = float(cell.value)
        is_count = column.kind is Kind.COUNT and value >= 0 and value == int(value)
        name: Name = ("counts", _counted(cell), value) if is_count and _counted(cell) else ("cell", *place)
        yield place, (name, Figure(value, is_count), cell)


def _counted(cell: Cell) -> tuple[tuple[str, str], ...]:
    """What the cell counts, as its address says it; empty for what is no plain count."""
    return tuple(sorted(cell.trace.address().items())) if cell.trace and cell.n in (None, cell.value) else ()


def _is_small(cell: Cell) -> bool:
    """Whether it rests on fewer than five, somebody among them."""
    n = cell.n if cell.n is not None or not cell.trace else cell.value
    return cell.suppressed or (isinstance(n, int) and 0 < n < SMALLEST_SHOWN)


def _said_sums(document: Document, names: Mapping[Place, Name]) -> Iterator[Sum]:
    """What the tables say adds up. Where one of the cells is unknown, nobody can work out anything from it."""
    for table in document.tables:
        for addition in table.additions:
            places = [(table.key, *key) for key in (addition.total, *addition.parts)]
            for _, row, column in places:
                table.cell(row, column)
            if all(place in names for place in places):
                yield Sum(names[places[0]], tuple(names[place] for place in places[1:]))


def _traced_sums(document: Document, figures: Mapping[Place, tuple[Name, Figure, Cell]]) -> Iterator[Sum]:
    """Counts of the same thing for women, men and all, or for each unit and all, wherever they stand, that add up."""
    counts = {name: figure.value for name, figure, cell in figures.values() if name[0] == "counts"}
    for split in ("kon", "enhet"):
        groups: dict[tuple[Any, ...], dict[str, Name]] = defaultdict(dict)
        for name in counts:
            words = dict(name[1])
            part = words.pop(split, "")
            groups[tuple(sorted(words.items()))][part] = name
        for group in groups.values():
            total = group.pop("", None)
            parts = tuple(group.values())
            if total and len(parts) > 1 and sum(counts[part] for part in parts) == counts[total]:
                yield Sum(total, parts)


def _hidden_with(
    document: Document, figures: Mapping[Place, tuple[Name, Figure, Cell]], hidden: set[Name]
) -> set[Place]:
    """Means and shares that would tell what is hidden: of a hidden count, or shares of a known whole."""
    counted = {name[1] for name in hidden if name[0] == "counts"}
    beside: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for place, (name, figure, _) in figures.items():
        if name in hidden and figure.is_count:
            beside[place[:2]].append(figure.value)
            beside[place[0], "", place[2]].append(figure.value)
    found = set()
    for place, column, cell in _cells(document):
        of_hidden = cell.trace is not None and tuple(sorted(cell.trace.address().items())) in counted
        text = column.kind is Kind.TEXT and _is_small(cell)
        near = [*range(1, SMALLEST_SHOWN), *beside[place[:2]], *beside[place[0], "", place[2]]]
        if of_hidden or text or (column.kind is Kind.PERCENT and _tells(cell, column, near)):
            found.add(place)
    return found


def _tells(cell: Cell, column: Column, secrets: list[float]) -> bool:
    """Whether the percentage of its n is, as it is written, a secret number or all but a secret number of them."""
    if not cell.n or cell.value is None or not hasattr(cell.value, "__float__"):
        return False
    written, rounding = float(cell.value), 0.5 * 10**-column.decimals + 1e-9
    shares = (100 * number / cell.n for secret in secrets for number in (secret, cell.n - secret))
    return any(abs(written - share) <= rounding for share in shares if 0 <= share <= 100)


def _table(table: Table, hidden: set[Place], words: Figures) -> Table:
    rows = tuple(_row(table, row, place, hidden, words) for place, row in enumerate(table.rows, start=1))
    any_hidden = any(cell.suppressed for row in rows for cell in row.cells)
    notes = tuple(without_numbers(note, words, not any_hidden) for note in table.notes)
    drawn = table.chart and not any_hidden and not _has_small_links(table.chart)
    caption = without_numbers(table.caption, words, not any_hidden)
    if not table.chart or drawn:
        chart = replace(table.chart, caption=without_numbers(table.chart.caption, words)) if table.chart else None
        return replace(table, rows=rows, caption=caption, notes=notes, chart=chart)
    return replace(table, rows=rows, caption=caption, notes=(*notes, NO_CHART), chart=None)


def _has_small_links(chart: Chart) -> bool:
    return any(0 < n < SMALLEST_SHOWN for _, _, n in chart.links)


def _row(table: Table, row: Row, number: int, hidden: set[Place], words: Figures) -> Row:
    """The row without what is hidden, without numbers of cases in its words, and without what opens its figures."""
    cells = []
    row_is_whole = not any((table.key, row.key, column.key) in hidden for column in table.columns)
    for place, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True)):
        away = cell.suppressed or (table.key, row.key, column.key) in hidden
        if isinstance(cell.value, str):
            # The first column says what the row is about; what is said in the others may tell a number.
            leaves = (
                may_leave(cell.value, words, row_is_whole)
                if len(cell.value) > FEW_WORDS
                else word_may_leave(cell.value, words)
            )
            away = away or names_a_case(cell.value) or (place > 0 and not leaves)
        note = without_numbers(cell.note, words) if cell.note and not away else ""
        cells.append(Cell(None if away else cell.value, note=note, suppressed=away))
    return Row(f"row_{number}" if names_a_case(row.key) else row.key, tuple(cells))
