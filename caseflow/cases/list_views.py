"""Min dag, the lists of cases and placements, and search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from caseflow.cases import (
    list_filter,
    list_order,
    list_queries,
    list_steps,
    placement_queries,
    search_queries,
    work_queries,
)
from caseflow.cases.case_queries import list_counsellors
from caseflow.cases.list_filter import MINE, Filter
from caseflow.cases.list_rows import CaseRow, closed_since
from caseflow.cases.placement_queries import PlacementFilter
from caseflow.cases.queries import visible_to
from caseflow.cases.target_queries import get_stage_targets
from caseflow.cases.terms import PlacementKind, Stage
from caseflow.cases.views import bp
from caseflow.cases.work_queries import Work
from caseflow.core import clock
from caseflow.organisation.queries import list_programmes, list_units
from caseflow.organisation.rules import UnitKind
from caseflow.security.audit import AccessKind, log_access
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Actor, Permission, Role

LIVE_RESULTS = 8
SEARCH_RESULTS = 50


@bp.app_context_processor
def recent_cases() -> dict[str, object]:
    """For the search in the top bar: the cases opened last, asked for when the bar is drawn."""
    return {"recent_cases": lambda: search_queries.list_recent(current_actor())}


@bp.get("/min-dag")
@requires(Permission.LOG_CASE)
def my_day() -> ResponseReturnValue:
    """What a counsellor has to do, and their own cases."""
    actor, today = current_actor(), clock.today()
    visible = visible_to(actor)
    tasks = work_queries.list_tasks(actor, today, visible)
    chosen = replace(list_filter.parse(request.args), status=list_filter.OPEN_CASES, counsellor=MINE, work=None)
    late = {row.number: work_queries.late_by(row, today) for row in tasks[Work.LATE].rows}
    links = {
        row.number: list_steps.step_link(row, found.kind, actor)
        for row in tasks[Work.LATE].rows
        if (found := late[row.number]) is not None
    }
    closed = [visible, *replace(chosen, status=list_filter.CLOSED_CASES).base(actor, today)]
    closed.append(closed_since(date(today.year, 1, 1)))
    return render_template(
        "cases/my_day.html",
        Work=Work,
        tasks=tasks,
        late=late,
        late_links=links,
        closed_this_year=list_queries.count(closed),
        **_list(actor, chosen, today),
    )


@bp.get("/arenden")
@requires(Permission.VIEW_CASES)
def case_list() -> ResponseReturnValue:
    """The cases that the role may see, filtered and sorted."""
    actor, today = current_actor(), clock.today()
    chosen = list_filter.parse(request.args)
    by_unit = actor.role != Role.COUNSELLOR
    return render_template(
        "cases/case_list.html",
        programmes=[(programme.code, programme.name) for programme in list_programmes()],
        units=[(unit.code, unit.code) for unit in list_units(UnitKind.RECEIVES)] if by_unit else [],
        counsellors=_counsellors(actor),
        **_list(actor, chosen, today),
    )


def _counsellors(actor: Actor) -> list[tuple[int, str]]:
    """The colleagues whose cases a counsellor may pick out."""
    if actor.role != Role.COUNSELLOR or actor.unit_id is None:
        return []
    return [(user.id, user.name) for user in list_counsellors(actor.unit_id)]


def _list(actor: Actor, chosen: Filter, today: date) -> dict[str, Any]:
    """A page of cases with chips, next steps and menus."""
    base = [visible_to(actor), *chosen.base(actor, today)]
    targets = get_stage_targets(today)
    counts = list_queries.count_by_stage(targets, base)
    may_sort = list_order.fitting(counts.total)
    if chosen.sort.removeprefix("-") not in may_sort:
        chosen = replace(chosen, sort=list_order.DEFAULT_SORT)
    # How many there are is known already, unless a chip asks for more than the case itself.
    total = None if chosen.children else counts.of(chosen.stage, chosen.over)
    conditions = [*base, *chosen.chips(targets)]
    page = list_queries.list_page(targets, conditions, chosen.sort, chosen.page, stages=chosen.stages, total=total)
    return {
        "chosen": chosen,
        "page": page,
        "counts": counts,
        "marks": list_queries.count_marks(base) if counts.total <= list_order.MOST_LISTED else None,
        "may_sort": may_sort,
        "order": list_order.in_words(chosen.sort),
        "stages_shown": [stage for stage in Stage if counts.stages.get(stage) or stage == chosen.stage],
        **_steps(actor, page.rows, today),
    }


def _steps(actor: Actor, rows: Iterable[CaseRow], today: date) -> dict[str, Any]:
    return {
        "next_steps": {row.number: list_steps.next_step(row, actor, today) for row in rows},
        "menus": {row.number: list_steps.menu(row, actor) for row in rows},
    }


@bp.post("/sok")
@requires(Permission.VIEW_CASES)
def search() -> ResponseReturnValue:
    """Cases by name, personnummer or number. A POST: what is searched for must not stand in an address."""
    actor, today = current_actor(), clock.today()
    text = request.form.get("q", "").strip()[:100]
    live = "HX-Request" in request.headers
    found = search_queries.search(actor, text, today, LIVE_RESULTS if live else SEARCH_RESULTS)
    if len(text) >= search_queries.MIN_LETTERS:
        log_search(actor, found)
    template = "cases/search_results.html" if live else "cases/search.html"
    too_short = len(text) < search_queries.MIN_LETTERS
    return render_template(
        template, text=text, found=found, too_short=too_short, **_steps(actor, [] if live else found.rows, today)
    )


def log_search(actor: Actor, found: search_queries.Found) -> None:
    """Keep that somebody searched, never for what; a person found by personnummer is named by id."""
    if found.by_identity and found.rows:
        participant_id = search_queries.find_participant_id(actor, found.rows[0].number)
        log_access(actor, AccessKind.LOOKED_UP_PERSON, participant_id=participant_id)
    else:
        log_access(actor, AccessKind.SEARCHED)


@bp.get("/placeringar")
@requires(Permission.LOG_CASE)
def placement_list() -> ResponseReturnValue:
    """The unit's ongoing placements."""
    actor, today = current_actor(), clock.today()
    kinds = {kind.value: kind for kind in PlacementKind}
    end, sort = request.args.get("slut", ""), request.args.get("sort", "")
    chosen = PlacementFilter(
        kind=kinds.get(request.args.get("typ", "")),
        mine=request.args.get("konsulent") == MINE,
        end=end if end in (placement_queries.ENDING, placement_queries.PASSED) else "",
        sort=sort if sort.removeprefix("-") in placement_queries.SORTS else "slut",
        page=list_filter.page_number(request.args),
    )
    return render_template(
        "cases/placement_list.html",
        chosen=chosen,
        page=placement_queries.list_placements(actor, chosen, today),
        counts=placement_queries.count_placements(actor, chosen, today),
        kinds=list(PlacementKind),
    )
