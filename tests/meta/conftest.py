"""What the meta tests share: a populated installation, users who are signed in, and a recorder of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from caseflow.accounts.models import User
from caseflow.extensions import db
from tests.conftest import start_over
from tests.meta.world import World, make_world
from tests.statements import counted

Recorder = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def world(app: Flask) -> World:
    """Somebody of every role, cases in every stage, and a row of everything that an address can name."""
    return make_world(app)


@pytest.fixture
def read_world(migrated_app: Flask) -> Iterator[World]:
    """The same for tests that change nothing: made once, and again when another test has emptied the tables."""
    with migrated_app.app_context():
        if not _kept or not is_whole(_kept[0]):
            start_over()
            _kept[:] = [make_world(migrated_app)]
        yield _kept[0]
        db.session.remove()


_kept: list[World] = []


def is_whole(world: World) -> bool:
    """Whether the rows are there still: user names are never given twice in a test run."""
    return world.usernames <= set(db.session.scalars(select(User.username)))


@pytest.fixture
def count_queries(migrated_app: Flask) -> Recorder:
    """`with count_queries() as statements:` fills the list with every SQL statement sent meanwhile."""
    return counted
