"""The page of workload, for those who lead counsellors."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from caseflow.cases.terms import Stage
from caseflow.cases.work_queries import Work
from caseflow.core import clock
from caseflow.measures import workload
from caseflow.measures.views import bp
from caseflow.security.guard import current_actor, requires
from caseflow.security.permissions import Permission


@bp.get("/arbetsbelastning")
@requires(Permission.VIEW_WORKLOAD)
def workload_page() -> ResponseReturnValue:
    """The open cases of each counsellor."""
    sort = request.args.get("sort", "")
    loads = workload.in_order(workload.list_loads(current_actor(), clock.today()), sort)
    return render_template(
        "measures/workload.html",
        loads=loads,
        summed=workload.summed(loads),
        most=max((one.total for one in loads), default=0),
        stages=workload.STAGES,
        referred=Stage.REFERRED,
        sort=sort,
        Work=Work,
    )
