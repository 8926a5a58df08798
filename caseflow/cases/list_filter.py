"""The filter of a list of cases, as its address has it. Nothing in an address names a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from caseflow.accounts.models import User
from caseflow.cases.list_order import DEFAULT_SORT, is_sort
from caseflow.cases.list_rows import in_programme, is_open
from caseflow.cases.models import Case
from caseflow.cases.rules import CLOSED, OPEN
from caseflow.cases.target_queries import StageTargets
from caseflow.cases.terms import Stage
from caseflow.cases.work_queries import Work, condition
from caseflow.people.models import Household
from caseflow.security.permissions import Actor, Role

OPEN_CASES, CLOSED_CASES, ALL_CASES = "oppna", "avslutade", "alla"
STATUSES = (OPEN_CASES, CLOSED_CASES, ALL_CASES)
MINE = "mina"


@dataclass(frozen=True)
class Filter:
    """What a list shows. Unknown words in an address are left out."""

    status: str = OPEN_CASES
    stage: Stage | None = None
    unit: str = ""
    counsellor: str = ""
    programme: str = ""
    over: bool = False
    children: bool = False
    work: Work | None = None
    sort: str = DEFAULT_SORT
    page: int = 1

    def base(self, actor: Actor, today: date) -> list[ColumnElement[bool]]:
        """The conditions of everything but the chips. Only in queries that `joined` made."""
        found: list[ColumnElement[bool]] = []
        if self.status == OPEN_CASES:
            found.append(is_open())
        elif self.status == CLOSED_CASES:
            found.append(Case.stage.in_(CLOSED))
        if self.unit:
            found.append(Case.to_unit.has(code=self.unit))
        if self.counsellor:
            found.append(Case.counsellor_id == self._counsellor_id(actor))
        if self.programme:
            found.append(in_programme(self.programme))
        if self.work is not None:
            found.append(condition(self.work, self._counsellor_id(actor), today))
        return found

    def _counsellor_id(self, actor: Actor) -> Any:
        """The chosen counsellor. Where none is: the reader who has cases of their own, else anybody (None)."""
        if not self.counsellor and actor.role is not Role.COUNSELLOR:
            return None
        if self.counsellor in ("", MINE):
            return actor.id
        return select(User.id).where(User.public_id == UUID(self.counsellor)).scalar_subquery()

    @property
    def address(self) -> dict[str, Any]:
        """What an address says of the filter, in one order; the page is left out, and so is what stands without it."""
        said = {
            "status": "" if self.status == OPEN_CASES else self.status,
            "etapp": self.stage.value if self.stage else "",
            "enhet": self.unit,
            "konsulent": self.counsellor,
            "program": self.programme,
            "over": "1" if self.over else "",
            "barn": "1" if self.children else "",
            "att": self.work.value if self.work else "",
            "sort": "" if self.sort == DEFAULT_SORT else self.sort,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def stages(self) -> frozenset[Stage]:
        """The stages that the filter leaves."""
        if self.stage is not None:
            return frozenset({self.stage})
        return {OPEN_CASES: OPEN, CLOSED_CASES: CLOSED}.get(self.status, OPEN | CLOSED)

    @property
    def is_of_cases_alone(self) -> bool:
        """Whether everything but the chips can be read from the case's own row."""
        return not self.programme and self.work is None

    def chips(self, targets: StageTargets) -> list[ColumnElement[bool]]:
        """The conditions of the chosen chips."""
        found: list[ColumnElement[bool]] = []
        if self.stage is not None:
            found.append(Case.stage == self.stage)
        if self.over:
            found.append(targets.over)
        if self.children:
            found.append(Household.children > 0)
        return found


def parse(arguments: Mapping[str, str], sort: str = DEFAULT_SORT) -> Filter:
    """The filter that the address asks for."""
    stages = {stage.value: stage for stage in Stage if stage != Stage.NEW}
    works = {work.value: work for work in Work}
    status, counsellor = arguments.get("status", ""), arguments.get("konsulent", "")
    wanted = arguments.get("sort", "")
    return Filter(
        status=status if status in STATUSES else OPEN_CASES,
        stage=stages.get(arguments.get("etapp", "")),
        unit=arguments.get("enhet", ""),
        counsellor=counsellor if counsellor == MINE or _is_id(counsellor) else "",
        programme=arguments.get("program", ""),
        over=arguments.get("over") == "1",
        children=arguments.get("barn") == "1",
        work=works.get(arguments.get("att", "")),
        sort=wanted if is_sort(wanted) else sort,
        page=page_number(arguments),
    )


def page_number(arguments: Mapping[str, str]) -> int:
    """The page that the address asks for; 1 when it says none or nonsense."""
    text = arguments.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
