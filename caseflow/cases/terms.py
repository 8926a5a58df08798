"""The enums of the flow. Values are English and stored; `label` is the Swedish word, `word` the one in files."""

from __future__ import annotations

from enum import StrEnum


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
        return _STAGES[self][0]

    @property
    def css(self) -> str:
        return f"st-{_STAGES[self][1]}"

    @property
    def glyph(self) -> str:
        return f"g-{_STAGES[self][1]}"


_STAGES = {
    Stage.NEW: ("Ny", "referred"),
    Stage.REFERRED: ("Anvisad", "referred"),
    Stage.ACCEPTED: ("Mottagen", "referred"),
    Stage.ASSESSMENT: ("Kartläggning", "assessment"),
    Stage.PLACEMENT: ("Praktik", "placement"),
    Stage.EMPLOYMENT: ("Arbetsmarknadsanställning", "employment"),
    Stage.EXIT_WORK: ("Avslut arbete", "exit-work"),
    Stage.EXIT_STUDIES: ("Avslut studier", "exit-studies"),
    Stage.EXIT_OTHER: ("Avslut övrigt", "exit-other"),
    Stage.RETURNED: ("Återlämnad", "exit-other"),
    Stage.WITHDRAWN: ("Återkallad", "exit-other"),
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
        return _PLACEMENT_WORDS[self].capitalize()

    @property
    def word(self) -> str:
        return _PLACEMENT_WORDS[self]


_PLACEMENT_WORDS = {
    PlacementKind.INTERNSHIP: "praktik",
    PlacementKind.WORK_TRAINING: "arbetsträning",
    PlacementKind.DEVELOPMENT_PLACE: "utvecklingsplats",
    PlacementKind.SUBSIDISED_EMPLOYMENT: "arbetsmarknadsanställning",
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
        word = self.word
        return word[0].upper() + word[1:]

    @property
    def word(self) -> str:
        return _FORM_WORDS[self]


_FORM_WORDS = {
    EmploymentForm.EXTRA_SERVICE: "extratjänst",
    EmploymentForm.INTRODUCTION_JOB: "introduktionsjobb",
    EmploymentForm.NEW_START_JOB: "nystartsjobb",
    EmploymentForm.WAGE_SUBSIDY: "lönebidrag",
    EmploymentForm.DEVELOPMENT: "utvecklingsanställning",
    EmploymentForm.SECURITY: "trygghetsanställning",
    EmploymentForm.SHELTERED: "OSA",
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
        return _OUTCOMES[self][1]

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
    ExitOutcome.WORK: ("arbete", "Arbete, osubventionerat"),
    ExitOutcome.SUBSIDISED_WORK: ("arbete_subventionerat", "Arbete, subventionerat på ordinarie arbetsmarknad"),
    ExitOutcome.STUDIES: ("studier", "Studier med rätt till studiemedel"),
    ExitOutcome.OTHER_SUPPORT: ("annan_forsorjning", "Annan försörjning (sjukersättning, pension, a-kassa)"),
    ExitOutcome.EMPLOYMENT_SERVICE: ("arbetsformedlingen", "Åter till Arbetsförmedlingen"),
    ExitOutcome.MOVED: ("flytt", "Flytt från kommunen"),
    ExitOutcome.ILLNESS: ("sjukdom", "Sjukdom"),
    ExitOutcome.DISCONTINUED: ("avbrott", "Avbrott"),
    ExitOutcome.DECEASED: ("avliden", "Avliden"),
    ExitOutcome.OTHER: ("annat", "Annat"),
}


class HouseholdEffect(StrEnum):
    """What the exit meant for the household's assistance."""

    LEFT = "left"
    TOPPED_UP = "topped_up"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> str:
        return _EFFECTS[self][1]

    @property
    def word(self) -> str:
        return _EFFECTS[self][0]


_EFFECTS = {
    HouseholdEffect.LEFT: ("lamnat", "Hushållet har lämnat försörjningsstödet helt"),
    HouseholdEffect.TOPPED_UP: ("utfyllnad", "Hushållet har kvar utfyllnad upp till norm"),
    HouseholdEffect.UNCHANGED: ("oforandrat", "Oförändrat"),
}
