"""The shape of a chosen colour."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from caseflow.core.language import _l
from caseflow.measures.goal_services import LONGEST_COMMENT, GoalChoice
from caseflow.measures.rules import Goal
from caseflow.web.forms import Form, offered, strip

GOAL_CHOICES = [
    (Goal.MET.value, _l("Grön: uppfylls")),
    (Goal.PARTLY.value, _l("Gul: uppfylls delvis")),
    (Goal.NOT_MET.value, _l("Röd: uppfylls ej")),
    (Goal.UNKNOWN.value, _l("Grå: kan ej bedömas")),
]


class GoalForm(Form):
    """A colour, why, and which choice was seen standing."""

    chosen = RadioField(_l("Färg"), [InputRequired(_l("Välj en färg."))], choices=offered(GOAL_CHOICES))
    comment = TextAreaField(
        _l("Kommentar"),
        [InputRequired(_l("Skriv varför färgen ska vara en annan.")), Length(max=LONGEST_COMMENT)],
        filters=[strip],
        description=_l("Står i nämndens rapport. Skriv inget om enskilda personer."),
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
