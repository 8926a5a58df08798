"""Help for every page, the guide of the first visit, and the accessibility statement."""

from __future__ import annotations

import pytest
from flask import Flask

from caseflow.guide.topics import BY_ENDPOINT, FIRST_STEPS, TOPICS, Topic
from caseflow.security.guard import permission_of
from caseflow.security.permissions import Role
from caseflow.security.policy import POLICY
from caseflow.web.navigation import home_endpoint
from tests import factories
from tests.meta.addresses import FRAGMENTS, NOT_PAGES, routes
from tests.signing_in import sign_in

# Answered with a file, with another page, or to a script.
NO_PAGE_OF_THEIR_OWN = {
    "accounts.home",
    "accounts.session_left",
    "imports.refused_rows",
    "organisation.confirm_at_municipality",
    "organisation.link_municipal_account",
    "organisation.municipal_answer",
    "organisation.sign_in_at_municipality",
    "privacy.extract_file",
    "reports.report_file",
    "reports.frozen_file",
}
EXPLAIN_THEMSELVES = {
    "accounts.sign_in",
    "accounts.second_step",
    "web.style_page",
    "guide.help_list",
    "guide.help_page",
    "guide.accessibility",
}


def test_every_page_has_its_help_and_every_page_of_help_its_pages(migrated_app: Flask) -> None:
    pages = {rule.endpoint for rule in routes(migrated_app) if "GET" in (rule.methods or ())}
    pages -= FRAGMENTS | NOT_PAGES | NO_PAGE_OF_THEIR_OWN | EXPLAIN_THEMSELVES
    without_help = {page for page in pages - set(BY_ENDPOINT) if not page.startswith("api.")}
    without_page = set(BY_ENDPOINT) - set(migrated_app.view_functions)
    assert (without_help, without_page) == (set(), set())


def test_no_page_is_explained_twice() -> None:
    assert sum(len(topic.endpoints) for topic in TOPICS) == len(BY_ENDPOINT)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.key)
def test_a_page_of_help_says_what_the_page_is_and_where_to_begin(app: Flask, topic: Topic) -> None:
    client = app.test_client()
    sign_in(client, factories.make_user(Role.MANAGER))
    text = client.get(f"/hjalp/{topic.key}").text
    assert f"<h1>{topic.title}</h1>" in text
    assert "Var börjar jag?" in text
    assert "Vanliga frågor" in text


@pytest.mark.parametrize("role", Role)
def test_a_role_is_shown_the_help_of_what_it_may_open(app: Flask, role: Role) -> None:
    client = app.test_client()
    sign_in(client, factories.make_user(role, "AMC" if role in (Role.COUNSELLOR, Role.SOCIAL_WORKER) else None))
    text = client.get("/hjalp").text
    for topic in TOPICS:
        permitted = any(role in POLICY[permission_of(app, endpoint)] for endpoint in topic.endpoints)  # type: ignore[index]
        assert (f'href="/hjalp/{topic.key}"' in text.partition("sidor")[2]) == permitted, topic.key


def test_a_page_leads_to_its_own_help(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, factories.make_user(Role.COUNSELLOR, "AMC"))
    assert 'href="/hjalp/placeringar">Hjälp om den här sidan' in client.get("/placeringar").text
    assert 'href="/hjalp">Hjälp<' in client.get("/finns-inte").text


@pytest.mark.parametrize("role", Role)
def test_the_first_visit_shows_three_steps_that_the_role_may_take_until_it_is_put_away(app: Flask, role: Role) -> None:
    client = app.test_client()
    sign_in(client, factories.make_user(role, "AMC" if role in (Role.COUNSELLOR, Role.SOCIAL_WORKER) else None))
    text = client.get("/", follow_redirects=True).text
    steps = FIRST_STEPS[role]
    assert "Ny här? Börja så här" in text
    assert [role in POLICY[permission_of(app, step.endpoint)] for step in steps] == [True, True, True]  # type: ignore[index]
    assert all(str(step.text) in text for step in steps)

    after = client.post("/hjalp/visa-inte-igen", follow_redirects=True)
    assert after.status_code == 200
    assert "Ny här? Börja så här" not in after.text
    assert str(steps[0].text) in client.get("/hjalp").text


def test_the_guide_stands_on_the_start_page_alone(app: Flask) -> None:
    client = app.test_client()
    sign_in(client, factories.make_user(Role.MANAGER))
    assert home_endpoint(Role.MANAGER) == "measures.lead_times"
    assert "Ny här?" not in client.get("/rapporter").text


def test_a_stranger_reads_the_accessibility_statement_from_the_sign_in_page(app: Flask) -> None:
    client = app.test_client()
    assert 'href="/tillganglighet"' in client.get("/logga-in").text
    text = client.get("/tillganglighet").text
    assert "delvis förenligt med lagen" in text
    assert "2026-11-22" in text
    assert "Hjälp om den här sidan" not in text
