"""A real Chromium before the real program: web server and worker as processes, on this test run's own database."""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright
from sqlalchemy import ColumnElement, func, select

from caseflow.accounts.models import User
from caseflow.extensions import db
from caseflow.jobs.models import Job, JobStatus
from caseflow.local.children import Child, start, stop_all
from caseflow.local.folders import REPO
from caseflow.local.ports import LOOPBACK, free_port
from caseflow.local.testing import installed_chromium, what_hinders
from tests import provider
from tests.conftest import worker_name
from tests.signing_in import token_for

FLAGS = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-sync"]
# Two cores may be shared with the rest of the suite.
PATIENCE_SECONDS = 120
LAST_REDIS_DATABASE = 15
# A refused form is also told in the console; `on_response` judges those. So is a question that a later one replaced
# before it was answered (hx-sync), as when somebody types faster than the server answers.
NO_TROUBLE = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            # One worker of a parallel run takes them all: one Chromium, one web server.
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = installed_chromium()
    if hindered := what_hinders(path):
        pytest.skip(hindered)
    # Chromium's own sandbox refuses to run as root.
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(migrated_app: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Caseflow on the database of the `app` fixture, with a worker of its own."""
    port, logs = free_port(), tmp_path_factory.mktemp("site")
    environment = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": own_redis(), **municipal_settings()}
    address = f"http://{LOOPBACK}:{port}"
    celery = ["celery", "-A", "caseflow.worker:celery", "worker", "--concurrency", "1", "--loglevel", "info"]
    web = ["gunicorn", "wsgi:app", "--bind", f"{LOOPBACK}:{port}", "--workers", "1", "--threads", "4"]
    programs: list[Child] = []
    try:
        for name, command in (("webben", [*web, "--no-control-socket"]), ("jobben", celery)):
            programs.append(
                start(
                    name,
                    [sys.executable, "-m", *command],
                    log=logs / f"{name}.log",
                    environment=environment,
                    working_directory=REPO,
                )
            )
        wait_until_answering(f"{address}/healthz", programs)
        wait_until_ready(programs[1])
        yield address
    finally:
        stop_all(programs)


@lru_cache
def provider_address() -> str:
    """Where the municipality's own sign-in answers, for the tests that start it."""
    return f"http://{LOOPBACK}:{free_port()}"


def municipal_settings() -> dict[str, str]:
    return {
        "CASEFLOW_OIDC_ISSUER": provider_address(),
        "CASEFLOW_OIDC_CLIENT_ID": provider.CLIENT_ID,
        "CASEFLOW_OIDC_CLIENT_SECRET": provider.CLIENT_SECRET,
        "CASEFLOW_OIDC_SCOPES": "openid profile groups",
        "CASEFLOW_OIDC_ROLES": provider.ROLES,
    }


def own_redis() -> str:
    """A database of the broker where no other worker takes this site's messages."""
    place = worker_name().removeprefix("gw")
    number = LAST_REDIS_DATABASE - (int(place) % 8 if place.isdigit() else 0)
    return f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{number}"


def wait_until_answering(url: str, programs: list[Child]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert programs[0].is_running(), programs[0].log.read_text()
        try:
            urllib.request.urlopen(url, timeout=PATIENCE_SECONDS).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(programs[0].log.read_text())


def wait_until_ready(worker: Child) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while " ready." not in worker.log.read_text():
        assert worker.is_running(), worker.log.read_text()
        assert time.monotonic() < deadline, worker.log.read_text()
        time.sleep(0.1)


@pytest.fixture
def worker_done(app: Flask) -> Iterator[Callable[[], None]]:
    """Wait until the worker has nothing left to do."""
    yield lambda: wait_while_some(Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING]))
    # The next test empties the tables: nobody may be at work.
    wait_while_some(Job.attempt_token.is_not(None))


def wait_while_some(unfinished: ColumnElement[bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while db.session.scalar(select(func.count()).select_from(Job).where(unfinished)):
        db.session.rollback()
        assert time.monotonic() < deadline, "the worker has not done its jobs"
        time.sleep(0.1)
    db.session.rollback()


class Visitors:
    """Browser windows of signed-in users, and everything that went wrong in them."""

    def __init__(self, app: Flask, chromium: Browser, site: str) -> None:
        self.app, self.chromium, self.site = app, chromium, site
        self.contexts: list[BrowserContext] = []
        self.troubles: list[str] = []

    def open(self, user: User | None = None, **options: Any) -> Page:
        """A window of its own, signed in as the user. Options are those of Playwright's `new_context`."""
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = self.chromium.new_context(base_url=self.site, locale="sv-SE", **options)
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        if user is not None:
            context.add_cookies([{"name": "session", "value": token_for(user), "url": self.site}])
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.troubles.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("request", self.on_request)
        context.on("response", self.on_response)
        return context.new_page()

    def on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(NO_TROUBLE):
            self.troubles.append(f"{message.page and message.page.url}: {message.text}")

    def on_request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "about:")):
            self.troubles.append(f"asked for {request.url}")

    def on_response(self, response: Response) -> None:
        """A server error, or a part of a page that is missing."""
        is_part = response.request.resource_type not in ("document", "xhr", "fetch")
        if response.status >= 500 or (response.status >= 400 and is_part):
            self.troubles.append(f"{response.status} {response.url}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def visitors(app: Flask, chromium: Browser, site: str, worker_done: Callable[[], None]) -> Iterator[Visitors]:
    """Opens windows; whatever the browser complained of in any of them fails the test."""
    opened = Visitors(app, chromium, site)
    yield opened
    opened.close()
    assert opened.troubles == []
