"""Min dag, the lists of cases and placements, and the board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from caseflow.cases import (
    list_filter,
    list_order,
    list_queries,
    list_steps,
    placement_queries,
    rules,
    saved_views,
    work_queries,
)
from caseflow.cases.case_queries import counsellor_choices
from caseflow.cases.list_filter import MINE, Filter
from caseflow.cases.list_queries import Few
from caseflow.cases.list_rows import CaseRow, closed_since, is_open
from caseflow.cases.placement_queries import PlacementFilter
from caseflow.cases.queries import visible_to
from caseflow.cases.saved_views import list_saved_views
from caseflow.cases.target_queries import StageTargets, get_stage_targets
from caseflow.cases.terms import EventKind, PlacementKind, Stage
from caseflow.cases.views import bp
from caseflow.cases.work_queries import Tasks, Work
from caseflow.core import clock
from caseflow.core.language import _
from caseflow.organisation.queries import programme_choices, unit_choices
from caseflow.organisation.rules import UnitKind
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Actor, Permission, Role
from caseflow.security.policy import allows
from caseflow.web.formatting import tal

# How many cards a column of the board shows; more when it stands alone.
CARDS, CARDS_ALONE = 12, 50
# The flow, from left to right.
COLUMNS = (Stage.REFERRED, Stage.ACCEPTED, Stage.ASSESSMENT, Stage.PLACEMENT, Stage.EMPLOYMENT)
# The programme whose cases Min dag picks out.
PROGRAMME = "500-uppdraget"


@bp.app_template_filter("antal")
def counted(number: int) -> str:
    """A number of cases, which are counted no further than a list can be paged."""
    return _("fler än %(n)s", n=tal(list_order.MOST_LISTED)) if number > list_order.MOST_LISTED else tal(number)


@bp.get("/min-dag")
@requires(Permission.LOG_CASE)
def my_day() -> ResponseReturnValue:
    """What a counsellor has to do, and their own cases."""
    actor, today = current_actor(), clock.today()
    visible, targets = visible_to(actor), get_stage_targets(today)
    chosen = replace(list_filter.parse(request.args), status=list_filter.OPEN_CASES, counsellor=MINE, work=None)
    waiting = work_queries.find_tasks(actor, today, visible)
    # What has been closed this year is counted along with the open ones.
    mine = replace(chosen, status=list_filter.ALL_CASES).base(actor, today)
    counted = or_(is_open(), closed_since(date(today.year, 1, 1)))
    few = list_queries.count_few(targets, [visible, *mine, counted], rules.OPEN, PROGRAMME)
    shown, rows = _list(actor, chosen, targets, few, [case_id for part in waiting.values() for case_id in part.rows])
    tasks = {work: Tasks(work, [rows[case_id] for case_id in part.rows], part.total) for work, part in waiting.items()}
    late = {row.number: work_queries.late_by(row, today) for row in tasks[Work.LATE].rows}
    links = {
        row.number: list_steps.step_link(row, found.kind, actor)
        for row in tasks[Work.LATE].rows
        if (found := late[row.number]) is not None
    }
    return render_template(
        "cases/my_day.html",
        Work=Work,
        tasks=tasks,
        task_steps={
            row.number: list_steps.next_step(row, actor, today)
            for work in (Work.ENDING, Work.FOLLOW_UPS)
            for row in tasks[work].rows
        },
        quick={row.number: list_steps.quick(row, actor) for row in shown["page"].rows},
        late=late,
        late_links=links,
        programme=PROGRAMME,
        closed_this_year=few.besides,
        **shown,
    )


@bp.get("/arenden")
@requires(Permission.VIEW_CASES)
def case_list() -> ResponseReturnValue:
    """The cases that the role may see, filtered and sorted."""
    actor, today = current_actor(), clock.today()
    chosen = list_filter.parse(request.args)
    return render_template(
        "cases/case_list.html",
        saved=[(view.name, view.query, saved_views.filter_of(view).address) for view in list_saved_views(actor)],
        handed_over=rules.TRANSITIONS[EventKind.HANDED_OVER].after if allows(actor, Permission.HAND_OVER) else None,
        **_choices(actor, chosen),
        **_list(actor, chosen, get_stage_targets(today))[0],
    )


@bp.get("/tavla")
@requires(Permission.VIEW_CASES)
def board() -> ResponseReturnValue:
    """The open cases as columns of the flow. A stage follows from facts: nothing can be moved here."""
    actor, today = current_actor(), clock.today()
    chosen = replace(list_filter.parse(request.args), status=list_filter.OPEN_CASES, work=None)
    targets = get_stage_targets(today)
    base = [visible_to(actor), *chosen.base(actor, today)]
    columns = [chosen.stage] if chosen.stage in COLUMNS else list(COLUMNS)
    cards = list_queries.list_columns(
        targets, [*base, *chosen.chips(targets)], columns, CARDS_ALONE if chosen.stage else CARDS
    )
    counts = list_queries.count_by_stage(targets, base, rules.OPEN, of_cases_alone=chosen.is_of_cases_alone)
    return render_template(
        "cases/board.html",
        chosen=chosen,
        columns=[(stage, cards[stage]) for stage in columns],
        counts=counts,
        marks=list_queries.count_marks(base) if counts.total <= list_order.MOST_LISTED else None,
        stages_shown=[stage for stage in COLUMNS if counts.stages.get(stage) or stage == chosen.stage],
        **_choices(actor, chosen),
        **list_steps.steps_of(actor, [row for rows in cards.values() for row in rows], today),
    )


def _choices(actor: Actor, chosen: Filter) -> dict[str, Any]:
    """What the filter bar lets the reader choose among."""
    units = unit_choices(UnitKind.RECEIVES) if actor.role != Role.COUNSELLOR else {}
    # The colleagues are those of the reader's unit, or of the unit that has been chosen.
    unit_id = units.get(chosen.unit, actor.unit_id)
    works_with_all = actor.role in (Role.COUNSELLOR, Role.MANAGER)
    return {
        "programmes": programme_choices(),
        "units": [(code, code) for code in units],
        "counsellors": counsellor_choices(unit_id) if works_with_all and unit_id is not None else [],
    }


def _list(
    actor: Actor, chosen: Filter, targets: StageTargets, few: Few | None = None, besides: Sequence[int] = ()
) -> tuple[dict[str, Any], dict[int, CaseRow]]:
    """A page of cases with chips, next steps and menus. `few`: what is counted of them, where that is known.

    Also the rows by id, with those of the cases that are shown `besides`: all are looked up at once.
    """
    today = targets.today
    base = [visible_to(actor), *chosen.base(actor, today)]
    stages = replace(chosen, stage=None).stages
    if few is None and chosen.counsellor:
        few = list_queries.count_few(targets, base, stages)
    if few is None:
        counts = list_queries.count_by_stage(targets, base, stages, of_cases_alone=chosen.is_of_cases_alone)
        marks = list_queries.count_marks(base) if counts.total <= list_order.MOST_LISTED else None
    else:
        counts, marks = few.counts, few.marks
    may_sort = list_order.fitting(counts.total)
    if chosen.sort.removeprefix("-") not in may_sort:
        chosen = replace(chosen, sort=list_order.DEFAULT_SORT)
    # How many there are is known already, unless a chip asks for more than the case itself.
    total = None if chosen.children else counts.of(chosen.stage, chosen.over)
    conditions = [*base, *chosen.chips(targets)]
    found = list_queries.find_page(targets, conditions, chosen.sort, chosen.page, stages=chosen.stages, total=total)
    rows = list_queries.rows_of(targets, [*found.rows, *besides])
    page = found.showing([rows[case_id] for case_id in found.rows])
    return {
        "chosen": chosen,
        "page": page,
        "counts": counts,
        "marks": marks,
        "may_sort": may_sort,
        "order": list_order.in_words(chosen.sort),
        "stages_shown": [stage for stage in Stage if counts.stages.get(stage) or stage == chosen.stage],
        **list_steps.steps_of(actor, page.rows, today),
    }, rows


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
    page, counts = placement_queries.list_placements(actor, chosen, today)
    return render_template(
        "cases/placement_list.html",
        chosen=chosen,
        page=page,
        counts=counts,
        kinds=list(PlacementKind),
    )
