"""Column types, and the unit of work that every writer runs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Identity,
    Numeric,
    String,
    TypeDecorator,
    collate,
    func,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from caseflow.core import clock
from caseflow.extensions import db

# The letters at the end of the Swedish alphabet, and those that stand right after z in ASCII: a sort key.
SWEDISH_LETTERS, LETTERS_AFTER_Z = "åäö", "{|}"

Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Day = Annotated[date, mapped_column(Date)]
Kronor = Annotated[Decimal, mapped_column(Numeric(14, 2))]
RecordedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), default=clock.now)]


class Addressed:
    """A row that an address or a form names, by `public_id`: it says nothing of the row and cannot be counted up to."""

    public_id: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid(), unique=True)


Row = TypeVar("Row", bound=Addressed)


def find_row(model: type[Row], public_id: UUID, *, lock: bool = False) -> Row | None:
    """The row that an address names, as it is now; locked until the transaction ends when asked for."""
    query = select(model).where(model.public_id == public_id).execution_options(populate_existing=True)
    return db.session.scalar(query.with_for_update(of=model) if lock else query)


E = TypeVar("E", bound=StrEnum)


class Choice(TypeDecorator[E]):
    """A Python StrEnum kept as text, so that a new member needs no migration."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        return None if value is None else self.kind(value)


def swedish(column: InstrumentedAttribute[str] | ColumnElement[str]) -> ColumnElement[str]:
    """The column as a sort key in Swedish order: å, ä, ö after z, whatever locales the server has."""
    return collate(func.translate(func.lower(column), SWEDISH_LETTERS, LETTERS_AFTER_Z), "C")


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Commit what the block wrote, all of it or, when it raises, nothing."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def driver_connection() -> Any:
    """The driver's own connection, in the session's transaction: for what is to be sent or fetched in bulk."""
    return db.session.connection().connection.driver_connection
