"""Help, the first visit, and the accessibility statement."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from caseflow.accounts import services
from caseflow.database import unit_of_work
from caseflow.guide.topics import BY_ENDPOINT, FIRST_STEPS, TOPICS, Topic, get_topic
from caseflow.security.guard import permission_of, requires
from caseflow.security.permissions import Permission
from caseflow.security.policy import allows
from caseflow.web.navigation import home_endpoint

bp = Blueprint("guide", __name__)
# When the pages were last gone through for the accessibility statement.
ASSESSED_ON = date(2026, 11, 22)


@bp.get("/hjalp")
@requires(Permission.USE_OWN_ACCOUNT)
def help_list() -> str:
    """What help there is for the reader's role."""
    topics = [topic for topic in TOPICS if any(may_open(endpoint) for endpoint in topic.endpoints)]
    return render_template("guide/help_list.html", topics=topics, steps=first_steps())


@bp.get("/hjalp/<topic_key>")
@requires(Permission.USE_OWN_ACCOUNT)
def help_page(topic_key: str) -> str:
    """Help with one family of pages."""
    topic = get_topic(topic_key)
    return render_template(topic.template, topic=topic, page_url=page_url(topic))


@bp.post("/hjalp/visa-inte-igen")
@requires(Permission.USE_OWN_ACCOUNT)
def end_first_visit() -> ResponseReturnValue:
    """The start page without the guide."""
    with unit_of_work():
        services.end_first_visit(current_user)
    return redirect(url_for("accounts.home"), 303)


@bp.get("/tillganglighet")
def accessibility() -> str:
    """How accessible the service is: what the law (2018:1937) asks to be said, in the order of DIGG's template."""
    return render_template("guide/accessibility.html", assessed_on=ASSESSED_ON)


@bp.app_context_processor
def guide() -> dict[str, Any]:
    """On every page the way to its help; on the start page also the guide, until the user puts it away."""
    if not (current_user and current_user.is_authenticated):
        return {"help_topic": None, "first_visit": ()}
    is_new = current_user.guided_at is None and request.endpoint == home_endpoint(current_user.role)
    return {"help_topic": BY_ENDPOINT.get(request.endpoint or ""), "first_visit": first_steps() if is_new else ()}


def first_steps() -> list[tuple[str, str, str]]:
    """Text, link and address of what the reader tries first. The start page itself is shown by its help."""
    return [(str(step.text), str(step.link), address_of(step.endpoint)) for step in FIRST_STEPS[current_user.role]]


def address_of(endpoint: str) -> str:
    """Of the page; for the start page, where the reader is already, that of its help."""
    if endpoint == home_endpoint(current_user.role):
        return url_for("guide.help_page", topic_key=BY_ENDPOINT[endpoint].key)
    return url_for(endpoint)


def may_open(endpoint: str) -> bool:
    permission = permission_of(current_app, endpoint)
    return permission is not None and allows(current_user.actor, permission)


def page_url(topic: Topic) -> str | None:
    """The page that the help is about, when the reader may open it and it is no single case's or row's."""
    endpoint = topic.endpoints[0]
    is_single = any(rule.arguments for rule in current_app.url_map.iter_rules(endpoint))
    return None if is_single or not may_open(endpoint) else url_for(endpoint)
