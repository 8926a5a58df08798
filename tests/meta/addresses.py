"""An address for every route: which case, event or row its parameters name. A new parameter is told of here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from caseflow.cases.terms import EventKind, PlacementKind
from caseflow.guide.topics import TOPICS
from caseflow.reports.kinds import REPORTS
from caseflow.security.guard import PUBLIC, permission_of
from caseflow.security.permissions import Role
from caseflow.security.policy import POLICY
from tests.meta.world import World, event_id

Values = dict[str, str | int | UUID]

# The case in which the step may be taken; any other endpoint gets one with a work placement and an employment.
CASE_FOR = {
    "cases.accept": "waiting",
    "cases.return_referral": "waiting",
    "cases.withdraw": "waiting",
    "cases.first_meeting": "accepted",
    "cases.reopen": "closed",
    "cases.break_glass": "unopened",
    "cases.grant_case": "protected",
    "cases.withdraw_grant": "protected",
}
# The event that the role itself registers, and may so correct.
OWN_EVENT = {Role.COUNSELLOR: EventKind.NOTE, Role.SOCIAL_WORKER: EventKind.FIRST_CONTACT}
# Parameters that name a row outside the cases; `world.add_registers` makes one of each.
ROWS = ("frozen_id", "unit_id", "programme_id", "target_id", "workplace_id", "employer_id", "job_id", "run_id")
# Answered with one block of a page, not a page.
FRAGMENTS = frozenset(
    {
        "jobs.job_progress",
        "jobs.job_list_fragment",
        "imports.run_progress",
        "cases.check_referral",
        "cases.case_changes",
    }
)
# Not a page of ours: nothing to read as HTML, and no role.
NOT_PAGES = frozenset({"static", "web.healthz"})


def routes(app: Flask) -> list[Rule]:
    """Every route, by its address."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def roles_of(app: Flask, endpoint: str) -> frozenset[Role]:
    """Who may reach the endpoint at all."""
    permission = permission_of(app, endpoint)
    return frozenset(Role) if endpoint in PUBLIC else frozenset(POLICY[permission] if permission else ())


def values_for(rule: Rule, role: Role, world: World) -> Values:
    """Parameters with which the route answers the role, when the role may use it."""
    return {name: FILL[name](rule, role, world) for name in rule.arguments}


def address_of(rule: Rule, values: Values) -> str:
    built = rule.build(values)
    assert built is not None, f"{rule.rule} cannot be built from {values}"
    return built[1]


def addresses(world: World, role: Role, method: str = "GET") -> Iterator[tuple[Rule, str]]:
    """Every route that takes the method, with its address for the role."""
    for rule in routes(world.app):
        if method in (rule.methods or ()) and rule.endpoint not in NOT_PAGES:
            yield rule, address_of(rule, values_for(rule, role, world))


def permitted_pages(world: World, role: Role) -> Iterator[tuple[str, str]]:
    """Endpoint and address of everything the role may open."""
    for rule, address in addresses(world, role):
        if role in roles_of(world.app, rule.endpoint):
            yield rule.endpoint, address


def other_addresses(world: World) -> Iterator[tuple[Role, str]]:
    """Pages that share their route with one that is walked elsewhere."""
    yield from ((Role.COUNSELLOR, f"/hjalp/{topic.key}") for topic in TOPICS)
    yield from ((Role.CONTROLLER, f"/rapporter/{key}") for key in REPORTS)
    for name in ("waiting", "accepted", "met", "closed", "protected"):
        yield Role.COUNSELLOR, f"/arenden/{world.cases[name].public_id}"
    yield Role.SOCIAL_WORKER, f"/arenden/{world.cases['closed'].public_id}"
    yield Role.MANAGER, "/flode?visa=tabell"
    handed_over = world.cases["placed"]
    yield Role.MANAGER, f"/arenden/lamna-over?arende={handed_over.public_id}.{handed_over.version}"
    yield Role.COUNSELLOR, "/arenden?status=avslutade"
    yield Role.MANAGER, "/ledtider?matt=anvisning_avslut&rakna=borjan"


def lists_of(app: Flask, role: Role) -> Iterator[tuple[str, str]]:
    """Endpoint and address of what the role may open in an installation that has nothing yet."""
    for rule in routes(app):
        is_list = not rule.arguments and "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES
        if is_list and role in roles_of(app, rule.endpoint):
            yield rule.endpoint, rule.rule


def _case(rule: Rule, _role: Role, world: World) -> UUID:
    return world.cases[CASE_FOR.get(rule.endpoint, "placed")].public_id


def _event(_rule: Rule, role: Role, world: World) -> UUID:
    return event_id(world.cases["placed"], OWN_EVENT.get(role, EventKind.NOTE))


def _placement(rule: Rule, _role: Role, world: World) -> UUID:
    placements = world.cases["placed"].placements
    employment = rule.endpoint == "cases.wage_cost"
    kind = PlacementKind.SUBSIDISED_EMPLOYMENT if employment else PlacementKind.INTERNSHIP
    return next(placement.public_id for placement in placements if placement.kind == kind)


def _user(rule: Rule, _role: Role, world: World) -> UUID:
    return world.ids["closed_user_id" if rule.endpoint == "organisation.user_reopen" else "user_id"]


def _extract(rule: Rule, _role: Role, world: World) -> str:
    return world.extracts["handed out" if rule.endpoint == "privacy.extract_file" else "made"]


def _area(rule: Rule, _role: Role, world: World) -> UUID:
    return world.ids["open_area_id" if rule.endpoint == "cases.area_close" else "area_id"]


def _unit(rule: Rule, _role: Role, world: World) -> UUID:
    return world.ids["referring_unit_id" if rule.endpoint == "organisation.unit_disclosure" else "unit_id"]


def _known(name: str) -> Callable[[Rule, Role, World], UUID]:
    return lambda _rule, _role, world: world.ids[name]


def _form_address(_rule: Rule, role: Role, world: World) -> str:
    """A form that the role sends."""
    step = "byt-konsulent" if role == Role.MANAGER else "anteckning"
    return f"arenden/{world.cases['placed'].public_id}/{step}"


FILL: dict[str, Callable[[Rule, Role, World], str | int | UUID]] = {
    "case_id": _case,
    "event_id": _event,
    "placement_id": _placement,
    "user_id": _user,
    "area_id": _area,
    "passkey_id": lambda rule, role, world: world.ids[f"passkey_id_of_{role}"],
    "session_id": lambda rule, role, world: world.ids[f"session_id_of_{role}"],
    # Each user's views are their own.
    "view_id": lambda _rule, role, world: world.ids[f"view_id_of_{role}"],
    "address": _form_address,
    "filename": lambda *_: "caseflow.css",
    "glass_id": lambda _rule, _role, world: world.ids["glass_id"],
    "grant_id": lambda _rule, _role, world: world.ids["grant_id"],
    "extract_id": _extract,
    "review_id": lambda _rule, _role, world: world.reviews["review_id"],
    # Answered by whoever is asked, marked by the manager.
    "question_id": lambda rule, role, world: world.reviews[
        role if rule.endpoint == "privacy.answer_question" else Role.COUNSELLOR
    ],
    "form": lambda *_: "json",
    "thinning_id": lambda _rule, _role, world: world.extracts["thinning"],
    "hold_id": lambda _rule, _role, world: world.extracts["hold"],
    "key": lambda *_: next(iter(REPORTS)),
    "topic_key": lambda *_: TOPICS[0].key,
    **{name: _known(name) for name in ROWS},
    "unit_id": _unit,
    "to_unit_id": _known("unit_id"),
}
