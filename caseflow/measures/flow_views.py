"""The page of the flow."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request
from flask.typing import ResponseReturnValue

from caseflow.cases.terms import PlacementKind, Stage
from caseflow.core import clock
from caseflow.measures import choices
from caseflow.measures import flow_page as page
from caseflow.measures.views import bp
from caseflow.measures.ways import EMPLOYED, ENDS, OPEN, WITHOUT_WAGE, stop_label
from caseflow.organisation.queries import list_programmes, list_units
from caseflow.security.guard import requires
from caseflow.security.permissions import Permission


@bp.get("/flode")
@requires(Permission.VIEW_MEASURES)
def flow_page() -> ResponseReturnValue:
    """From referral to exit: the ways of the cases referred in a period."""
    units, programmes = list_units(), list_programmes()
    choice = choices.read(request.args, units, programmes, clock.today())
    return render_template(
        "measures/flow.html",
        shown=page.build(replace(choice, chosen=replace(choice.chosen, begun=False))),
        units=units,
        programmes=programmes,
        placements=[kind.value for kind in WITHOUT_WAGE],
        employed=EMPLOYED,
        ends=ENDS,
        open=OPEN,
        stage_of={
            **{kind.value: Stage.PLACEMENT for kind in WITHOUT_WAGE},
            PlacementKind.SUBSIDISED_EMPLOYMENT.value: Stage.EMPLOYMENT,
            **{end: Stage(end) for end in ENDS if end != OPEN},
        },
        receiving=Stage.ASSESSMENT,
        label=stop_label,
    )
