"""The menu: two lists, of which everybody sees what their role may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from caseflow.core import clock
from caseflow.core.language import _l
from caseflow.security.guard import permission_of
from caseflow.security.permissions import Permission, Role
from caseflow.security.policy import allows

# Endpoint, label, and the roles whose menu it stands in.
MENU: tuple[tuple[str, Any, tuple[Role, ...]], ...] = (
    ("cases.my_day", _l("Min dag"), (Role.COUNSELLOR,)),
    ("cases.sent_referrals", _l("Mina anvisningar"), (Role.SOCIAL_WORKER,)),
    ("cases.new_referral", _l("Ny anvisning"), (Role.SOCIAL_WORKER,)),
    ("measures.lead_times", _l("Ledtider"), (Role.MANAGER, Role.CONTROLLER)),
    ("measures.flow_page", _l("Flöde"), (Role.MANAGER, Role.CONTROLLER)),
    ("reports.report", _l("Nämndindikatorer"), (Role.MANAGER, Role.CONTROLLER)),
    ("measures.programme_report", _l("500-uppdraget"), (Role.MANAGER, Role.CONTROLLER)),
    ("measures.workload_page", _l("Arbetsbelastning"), (Role.MANAGER,)),
    ("reports.report_list", _l("Rapporter"), (Role.MANAGER, Role.CONTROLLER)),
    ("measures.goal_list", _l("Bedömningar"), (Role.CONTROLLER,)),
    ("cases.case_list", _l("Ärenden"), (Role.COUNSELLOR, Role.SOCIAL_WORKER, Role.MANAGER)),
    ("cases.received_referrals", _l("Anvisningar"), (Role.COUNSELLOR,)),
    ("cases.placement_list", _l("Placeringar"), (Role.COUNSELLOR,)),
    ("organisation.workplace_list", _l("Arbetsplatser"), (Role.COUNSELLOR, Role.ADMINISTRATOR)),
    ("organisation.user_list", _l("Användare"), (Role.ADMINISTRATOR,)),
    ("organisation.unit_list", _l("Enheter"), (Role.ADMINISTRATOR,)),
    ("organisation.target_list", _l("Målvärden"), (Role.ADMINISTRATOR,)),
    ("organisation.programme_list", _l("Program"), (Role.ADMINISTRATOR,)),
    ("cases.area_list", _l("Områden"), (Role.ADMINISTRATOR,)),
)
# What is not opened every day stands under "Mer".
SELDOM: tuple[tuple[str, Any, tuple[Role, ...]], ...] = (
    ("cases.protected_list", _l("Skyddade ärenden"), (Role.MANAGER,)),
    ("imports.upload", _l("Läs in filer"), (Role.MANAGER,)),
    ("privacy.thinning_list", _l("Gallring"), (Role.MANAGER,)),
    ("privacy.review_list", _l("Loggranskning"), (Role.MANAGER,)),
    ("privacy.record", _l("Registerförteckning"), (Role.CONTROLLER, Role.ADMINISTRATOR)),
    ("jobs.job_list", _l("Bakgrundsarbeten"), (Role.MANAGER, Role.CONTROLLER, Role.ADMINISTRATOR)),
)


# What an address needs besides its endpoint.
VALUES: dict[str, dict[str, Any]] = {"reports.report": {"key": "namndindikatorer"}}

# Pages that have no entry of their own, and whose entry is marked on them.
WITHIN = {"cases.case_page": "cases.case_list", "cases.board": "cases.case_list"}


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    label: str
    url: str
    # As aria-current has it: this "page", "true" where the page is within it.
    current: str


def menu(entries: tuple[tuple[str, Any, tuple[Role, ...]], ...]) -> list[Item]:
    """Those of the entries that the signed-in user may open."""
    actor = current_user.actor
    items = []
    for endpoint, label, roles in entries:
        permission = permission_of(current_app, endpoint) if endpoint in current_app.view_functions else None
        if permission is not None and actor.role in roles and allows(actor, permission):
            values = VALUES.get(endpoint, {})
            is_here = request.endpoint == endpoint and request.view_args == values
            current = "page" if is_here else "true" if WITHIN.get(request.endpoint or "") == endpoint else ""
            items.append(Item(str(label), url_for(endpoint, **values), current))
    return items


def home_endpoint(role: Role) -> str:
    """Where a user of the role begins the day."""
    return {
        Role.COUNSELLOR: "cases.my_day",
        Role.SOCIAL_WORKER: "cases.sent_referrals",
        Role.MANAGER: "measures.lead_times",
        Role.CONTROLLER: "measures.lead_times",
        Role.ADMINISTRATOR: "organisation.user_list",
    }[role]


def install(app: Flask) -> None:
    """Give every template its menu."""

    @app.context_processor
    def shared() -> dict[str, object]:
        signed_in = current_user and current_user.is_authenticated
        return {
            "nav_items": menu(MENU) if signed_in else [],
            "nav_more": menu(SELDOM) if signed_in else [],
            "is_home": bool(signed_in and request.endpoint == home_endpoint(current_user.role)),
            "may_search": bool(signed_in and allows(current_user.actor, Permission.VIEW_CASES)),
            "today": clock.today(),
            "may": lambda name: bool(signed_in and allows(current_user.actor, Permission(name))),
        }
