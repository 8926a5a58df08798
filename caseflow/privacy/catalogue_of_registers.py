"""The end of the data catalogue: tables that hold nothing about participants."""

from __future__ import annotations

from caseflow.privacy import activities as a
from caseflow.privacy.activities import Activity, Category

STAFF, TECHNICAL, NONE = Category.STAFF, Category.TECHNICAL, Category.NONE

KEY = "hålla ihop raderna"
EDITED = "veta vem som ändrade sist, så att ingen skriver över en annan"

REGISTERS: tuple[tuple[str, Activity, tuple[tuple[Category, str, str], ...]], ...] = (
    (
        "workplace",
        a.WORKPLACES,
        (
            (STAFF, "nå den som tar emot deltagare", "supervisor phone"),
            (NONE, "veta var placeringen är", "employer_id name closed_at known_since_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "employer",
        a.WORKPLACES,
        (
            (NONE, "veta vem som driver arbetsplatsen", "name sector department known_since_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "unit",
        a.REGISTERS,
        (
            (NONE, "beskriva enheten", "code name kind purpose closed_at known_since_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "disclosure_rule",
        a.REGISTERS,
        (
            (NONE, "avgöra på vilken grund en enhet får lämna ut", "from_unit_id to_unit_id grounds default_ground"),
            (STAFF, EDITED, "version edited_at edited_by"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "unit_cost",
        a.REGISTERS,
        (
            (NONE, "räkna vad enheten kostar", "unit_id year net_cost_kr recorded_at voided_at"),
            (STAFF, "veta vem som registrerade", "recorded_by_id"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "programme",
        a.REGISTERS,
        (
            (NONE, "beskriva programmet", "code name starts_on ends_on place_goal of_which_workplace known_since_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "programme_budget",
        a.REGISTERS,
        (
            (NONE, "följa budgeten", "programme_id year granted_kr assistance_reduction_kr known_since_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "programme_goal",
        a.REGISTERS,
        (
            (NONE, "följa målet", "programme_id year board places known_since_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id"),
        ),
    ),
    (
        "target",
        a.REGISTERS,
        (
            (NONE, "följa målet", "measure unit_id value wording valid_from valid_to known_since_at"),
            (STAFF, EDITED, "edited_by edited_at version"),
            (TECHNICAL, KEY, "id public_id"),
        ),
    ),
    (
        "assessment_area",
        a.REGISTERS,
        ((NONE, "beskriva vad som skattas", "name position closed_at"), (TECHNICAL, KEY, "id public_id")),
    ),
    ("case_number", a.REGISTERS, ((NONE, "ge nästa ärende ett nummer", "year last"),)),
    (
        "job",
        a.OPERATION,
        (
            (STAFF, "veta vem som bad om arbetet", "requested_by_id"),
            (TECHNICAL, "göra arbetet; bara löpnummer och datum", "task args key status error attempts"),
            (TECHNICAL, "visa hur det går", "done_n total_n progress_text created_at started_at finished_at"),
            (TECHNICAL, KEY, "id public_id attempt_token lease_until"),
        ),
    ),
)
