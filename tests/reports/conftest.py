"""The tests' own report stands beside the others."""

from __future__ import annotations

import pytest

from caseflow.measures.registry import MEASURES
from caseflow.reports.kinds import REPORTS
from tests.reports import met


@pytest.fixture(autouse=True)
def with_the_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MEASURES, met.MET.key, met.MET)
    monkeypatch.setitem(REPORTS, met.REPORT.key, met.REPORT)
