"""The shape of a chosen colour."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from caseflow.measures.goal_services import LONGEST_COMMENT, GoalChoice
from caseflow.measures.rules import Goal
from caseflow.web.forms import Form, strip

GOAL_CHOICES = [
    (Goal.MET.value, "Grön: uppfylls"),
    (Goal.PARTLY.value, "Gul: uppfylls delvis"),
    (Goal.NOT_MET.value, "Röd: uppfylls ej"),
    (Goal.UNKNOWN.value, "Grå: kan ej bedömas"),
]


class GoalForm(Form):
    """A colour, why, and which choice was seen standing."""

    chosen = RadioField("Färg", [InputRequired("Välj en färg.")], choices=GOAL_CHOICES)
    comment = TextAreaField(
        "Kommentar",
        [InputRequired("Skriv varför färgen ska vara en annan."), Length(max=LONGEST_COMMENT)],
        filters=[strip],
        description="Står i nämndens rapport. Skriv inget om enskilda personer.",
    )
    seen = HiddenField(default="0")

    @property
    def given(self) -> GoalChoice:
        """What was chosen, for the services."""
        return GoalChoice(Goal(self.chosen.data), self.comment.data or "", self.seen_id)

    @property
    def seen_id(self) -> int:
        text = self.seen.data or ""
        return int(text) if text.isdecimal() else 0
