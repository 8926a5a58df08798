"""The reports that can be asked for, by key. Pages, API, commands and freezing all go through this one table."""

from __future__ import annotations

from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.reports import (
    board_indicators,
    control_charts,
    equal_treatment,
    flow,
    flow_stock,
    kkik,
    lead_times,
    programme,
)
from caseflow.reports.question import Question as Question
from caseflow.reports.question import ReportKind as ReportKind

# By module, in alphabetical order.
REPORTS: dict[str, ReportKind] = {
    kind.key: kind
    for kind in (
        board_indicators.KIND,
        control_charts.KIND,
        equal_treatment.KIND,
        flow.KIND,
        flow_stock.DAYS_KIND,
        kkik.KIND,
        lead_times.KIND,
        programme.KIND,
    )
}


def get_report(key: str) -> ReportKind:
    """The report. Raises NotFound."""
    if key not in REPORTS:
        raise NotFound(
            _("Rapporten %(report)s finns inte. Välj en av %(reports)s.", report=key, reports=", ".join(REPORTS))
        )
    return REPORTS[key]
