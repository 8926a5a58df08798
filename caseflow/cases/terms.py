"""The enums of the flow. Values are English and stored; people read `label`, files say `word`."""

from __future__ import annotations

from enum import StrEnum

from caseflow.core.language import _l


class Stage(StrEnum):
    """Where a case stands. `css` and `glyph` are the design's stage language."""

    NEW = "new"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    ASSESSMENT = "assessment"
    PLACEMENT = "placement"
    EMPLOYMENT = "employment"
    EXIT_WORK = "exit_work"
    EXIT_STUDIES = "exit_studies"
    EXIT_OTHER = "exit_other"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return str(_STAGES[self][0])

    @property
    def css(self) -> str:
        return f"st-{_STAGES[self][1]}"

    @property
    def glyph(self) -> str:
        return f"g-{_STAGES[self][1]}"


_STAGES = {
    Stage.NEW: (_l("Ny"), "referred"),
    Stage.REFERRED: (_l("Anvisad"), "referred"),
    Stage.ACCEPTED: (_l("Mottagen"), "referred"),
    Stage.ASSESSMENT: (_l("Kartläggning"), "assessment"),
    Stage.PLACEMENT: (_l("Praktik"), "placement"),
    Stage.EMPLOYMENT: (_l("Arbetsmarknadsanställning"), "employment"),
    Stage.EXIT_WORK: (_l("Avslut arbete"), "exit-work"),
    Stage.EXIT_STUDIES: (_l("Avslut studier"), "exit-studies"),
    Stage.EXIT_OTHER: (_l("Avslut övrigt"), "exit-other"),
    Stage.RETURNED: (_l("Återlämnad"), "exit-other"),
    Stage.WITHDRAWN: (_l("Återkallad"), "exit-other"),
}


class EventKind(StrEnum):
    """What can happen to a case. The rules of each stand in `rules.TRANSITIONS`."""

    FIRST_CONTACT = "first_contact"
    APPLICATION = "application"
    DECISION = "decision"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    FIRST_MEETING = "first_meeting"
    ASSESSED = "assessed"
    PLACEMENT_STARTED = "placement_started"
    PLACEMENT_ENDED = "placement_ended"
    FOLLOW_UP = "follow_up"
    HANDED_OVER = "handed_over"
    NOTE = "note"
    EXITED = "exited"
    REOPENED = "reopened"


class DisclosedField(StrEnum):
    """What a referral hands over to the receiving unit."""

    IDENTITY = "identity"
    HOUSEHOLD = "household"
    SITUATION = "situation"
    DATES = "dates"
    REASON = "reason"
    PROGRAMMES = "programmes"

    @property
    def label(self) -> str:
        return str(_DISCLOSED[self])


_DISCLOSED = {
    DisclosedField.IDENTITY: _l("personnummer och namn"),
    DisclosedField.HOUSEHOLD: _l("hushåll och försörjningsstöd"),
    DisclosedField.SITUATION: _l("inskrivning på Arbetsförmedlingen och timmar"),
    DisclosedField.DATES: _l("första kontakt, ansökan och beslut"),
    DisclosedField.REASON: _l("det mottagande enhet behöver veta"),
    DisclosedField.PROGRAMMES: _l("program"),
}


class PlacementKind(StrEnum):
    """What a placement is. The first three are without a wage from the municipality."""

    INTERNSHIP = "internship"
    WORK_TRAINING = "work_training"
    DEVELOPMENT_PLACE = "development_place"
    SUBSIDISED_EMPLOYMENT = "subsidised_employment"

    @property
    def is_employment(self) -> bool:
        return self is PlacementKind.SUBSIDISED_EMPLOYMENT

    @property
    def label(self) -> str:
        return str(_PLACEMENTS[self][1])

    @property
    def word(self) -> str:
        return _PLACEMENTS[self][0]


_PLACEMENTS = {
    PlacementKind.INTERNSHIP: ("praktik", _l("Praktik")),
    PlacementKind.WORK_TRAINING: ("arbetsträning", _l("Arbetsträning")),
    PlacementKind.DEVELOPMENT_PLACE: ("utvecklingsplats", _l("Utvecklingsplats")),
    PlacementKind.SUBSIDISED_EMPLOYMENT: ("arbetsmarknadsanställning", _l("Arbetsmarknadsanställning")),
}


class EmploymentForm(StrEnum):
    """Form of a subsidised employment, decided by Arbetsförmedlingen."""

    EXTRA_SERVICE = "extra_service"
    INTRODUCTION_JOB = "introduction_job"
    NEW_START_JOB = "new_start_job"
    WAGE_SUBSIDY = "wage_subsidy"
    DEVELOPMENT = "development"
    SECURITY = "security"
    SHELTERED = "sheltered"

    @property
    def label(self) -> str:
        return str(_FORMS[self][1])

    @property
    def word(self) -> str:
        return _FORMS[self][0]


_FORMS = {
    EmploymentForm.EXTRA_SERVICE: ("extratjänst", _l("Extratjänst")),
    EmploymentForm.INTRODUCTION_JOB: ("introduktionsjobb", _l("Introduktionsjobb")),
    EmploymentForm.NEW_START_JOB: ("nystartsjobb", _l("Nystartsjobb")),
    EmploymentForm.WAGE_SUBSIDY: ("lönebidrag", _l("Lönebidrag")),
    EmploymentForm.DEVELOPMENT: ("utvecklingsanställning", _l("Utvecklingsanställning")),
    EmploymentForm.SECURITY: ("trygghetsanställning", _l("Trygghetsanställning")),
    EmploymentForm.SHELTERED: ("OSA", _l("OSA")),
}


class ExitOutcome(StrEnum):
    """What a case ended in. "Work or studies" are the first three."""

    WORK = "work"
    SUBSIDISED_WORK = "subsidised_work"
    STUDIES = "studies"
    OTHER_SUPPORT = "other_support"
    EMPLOYMENT_SERVICE = "employment_service"
    MOVED = "moved"
    ILLNESS = "illness"
    DISCONTINUED = "discontinued"
    DECEASED = "deceased"
    OTHER = "other"

    @property
    def label(self) -> str:
        return str(_OUTCOMES[self][1])

    @property
    def word(self) -> str:
        return _OUTCOMES[self][0]

    @property
    def is_work_or_studies(self) -> bool:
        return self in WORK_OR_STUDIES

    @property
    def stage(self) -> Stage:
        if self in (ExitOutcome.WORK, ExitOutcome.SUBSIDISED_WORK):
            return Stage.EXIT_WORK
        return Stage.EXIT_STUDIES if self is ExitOutcome.STUDIES else Stage.EXIT_OTHER


WORK_OR_STUDIES = (ExitOutcome.WORK, ExitOutcome.SUBSIDISED_WORK, ExitOutcome.STUDIES)

_OUTCOMES = {
    ExitOutcome.WORK: ("arbete", _l("Arbete, osubventionerat")),
    ExitOutcome.SUBSIDISED_WORK: ("arbete_subventionerat", _l("Arbete, subventionerat på ordinarie arbetsmarknad")),
    ExitOutcome.STUDIES: ("studier", _l("Studier med rätt till studiemedel")),
    ExitOutcome.OTHER_SUPPORT: ("annan_forsorjning", _l("Annan försörjning (sjukersättning, pension, a-kassa)")),
    ExitOutcome.EMPLOYMENT_SERVICE: ("arbetsformedlingen", _l("Åter till Arbetsförmedlingen")),
    ExitOutcome.MOVED: ("flytt", _l("Flytt från kommunen")),
    ExitOutcome.ILLNESS: ("sjukdom", _l("Sjukdom")),
    ExitOutcome.DISCONTINUED: ("avbrott", _l("Avbrott")),
    ExitOutcome.DECEASED: ("avliden", _l("Avliden")),
    ExitOutcome.OTHER: ("annat", _l("Annat")),
}


class HouseholdEffect(StrEnum):
    """What the exit meant for the household's assistance."""

    LEFT = "left"
    TOPPED_UP = "topped_up"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        return str(_EFFECTS[self][1])

    @property
    def word(self) -> str:
        return _EFFECTS[self][0]


_EFFECTS = {
    HouseholdEffect.LEFT: ("lamnat", _l("Hushållet har lämnat försörjningsstödet helt")),
    HouseholdEffect.TOPPED_UP: ("utfyllnad", _l("Hushållet har kvar utfyllnad upp till norm")),
    HouseholdEffect.UNCHANGED: ("oforandrat", _l("Oförändrat")),
}
