"""Pages of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from caseflow.extensions import db

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `first` and `last` are their places among `total`, from 1.

    `most`: how many rows can be paged to, where that is not all of them.
    """

    rows: list[Row]
    number: int
    size: int
    total: int
    most: int | None = None

    @property
    def pages(self) -> int:
        return max(1, -(-min(self.total, self.most or self.total) // self.size))

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than can be paged to."""
        return self.most is not None and self.total > self.most

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    def showing(self, rows: list[Any]) -> Page[Any]:
        """The same page with the rows of what it has ids of."""
        return Page(rows, self.number, self.size, self.total, self.most)


def paginate(query: Select[Any], number: int, size: int = 25) -> Page[Any]:
    """The page of the query's first column; a number past the end gives the last page."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(1, number), max(1, -(-total // size)))
    rows = list(db.session.scalars(query.limit(size).offset((number - 1) * size)))
    return Page(rows, number, size, total)
