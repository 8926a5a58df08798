"""What can be done, and by which kind of user. The table that joins the two is `policy.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from caseflow.core.language import _l


class Role(StrEnum):
    """The roles of DOMAIN.md."""

    COUNSELLOR = "counsellor"
    SOCIAL_WORKER = "social_worker"
    MANAGER = "manager"
    CONTROLLER = "controller"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return str(ROLE_LABELS[self])


ROLE_LABELS = {
    Role.COUNSELLOR: _l("Arbetsmarknadskonsulent"),
    Role.SOCIAL_WORKER: _l("Socialsekreterare"),
    Role.MANAGER: _l("Chef"),
    Role.CONTROLLER: _l("Controller"),
    Role.ADMINISTRATOR: _l("Systemförvaltare"),
}


class Permission(StrEnum):
    """One thing that can be done. Every endpoint names one."""

    USE_OWN_ACCOUNT = "use_own_account"
    VIEW_CASES = "view_cases"
    REVEAL_IDENTITY = "reveal_identity"
    REFER = "refer"
    RECEIVE_REFERRAL = "receive_referral"
    LOG_CASE = "log_case"
    NOTE_CASE = "note_case"
    CLOSE_CASE = "close_case"
    CORRECT_CASE = "correct_case"
    CORRECT_PERSON = "correct_person"
    HAND_OVER = "hand_over"
    GRANT_PROTECTED = "grant_protected"
    BREAK_GLASS = "break_glass"
    VIEW_WORKPLACES = "view_workplaces"
    MANAGE_WORKPLACES = "manage_workplaces"
    VIEW_WORKLOAD = "view_workload"
    VIEW_MEASURES = "view_measures"
    COMPUTE_MEASURES = "compute_measures"
    ASSESS_GOALS = "assess_goals"
    FREEZE_REPORT = "freeze_report"
    SUBJECT_ACCESS = "subject_access"
    THIN_OUT = "thin_out"
    VIEW_READERS = "view_readers"
    REVIEW_LOG = "review_log"
    VIEW_PROCESSING = "view_processing"
    VIEW_JOBS = "view_jobs"
    IMPORT_FILES = "import_files"
    ADMINISTER = "administer"


class Scope(StrEnum):
    """Which rows a permission reaches."""

    UNIT = "unit"
    ALL = "all"
    NO_PERSON = "no_person"


class Rows(StrEnum):
    """Which cases a role sees the persons of."""

    RECEIVED_BY_UNIT = "received_by_unit"
    REFERRED_BY_UNIT = "referred_by_unit"
    OF_UNITS = "of_units"
    NONE = "none"


class Reader(StrEnum):
    """Who reads a case: the role, and for a manager the side of the referral that the unit stands on."""

    COUNSELLOR = "counsellor"
    SOCIAL_WORKER = "social_worker"
    RECEIVING_MANAGER = "receiving_manager"
    REFERRING_MANAGER = "referring_manager"
    CONTROLLER = "controller"
    ADMINISTRATOR = "administrator"


class Matter(StrEnum):
    """What there is to be read of a case."""

    IDENTITY = "identity"
    STATUS = "status"
    REFERRAL = "referral"
    HOUSEHOLD = "household"
    PLACEMENTS = "placements"
    WAGE_COSTS = "wage_costs"
    OUTCOME = "outcome"
    RETURN_REASON = "return_reason"
    REFERRERS_NOTES = "referrers_notes"
    RECEIVERS_NOTES = "receivers_notes"
    ASSESSMENTS = "assessments"


class Share(StrEnum):
    """How much of a matter a reader sees."""

    ALL = "all"
    OWN_REFERRALS = "own_referrals"
    FIGURES = "figures"
    NONE = "none"


@dataclass(frozen=True)
class Actor:
    """Who does something. The system itself (imports from the command line, jobs) has no id and no role."""

    id: int | None
    role: Role | None
    unit_id: int | None
    name: str


SYSTEM = Actor(id=None, role=None, unit_id=None, name="Caseflow")
