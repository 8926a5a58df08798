"""The shape of what an administrator writes about users."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from caseflow.core.language import _, _l
from caseflow.organisation.editing import EditForm
from caseflow.organisation.models import Unit
from caseflow.organisation.staff import StaffInput
from caseflow.security.permissions import Role
from caseflow.web.forms import strip

NO_UNIT = ""


class StaffForm(EditForm):
    """Name, role and unit. The choices of `unit` are set by `offer`."""

    name = StringField(_l("Namn"), [InputRequired(_l("Skriv för- och efternamn.")), Length(max=120)], filters=[strip])
    role = SelectField(
        _l("Roll"),
        [InputRequired(_l("Välj en roll."))],
        description=_l("Avgör vad användaren ser och får göra, från nästa sida användaren öppnar."),
        choices=lambda: {"": _("Välj roll"), **{role.value: role.label for role in Role}},
    )
    unit = SelectField(
        _l("Enhet"),
        description=_l(
            "Konsulenter arbetar på en mottagande enhet, socialsekreterare på en anvisande. "
            "En chef utan enhet ser alla ärenden."
        ),
    )

    def offer(self, units: list[Unit]) -> None:
        """Let the user choose among these units."""
        self.unit.choices = {
            NO_UNIT: _("Ingen enhet"),
            **{unit.code: f"{unit.code} – {unit.kind.label}" for unit in units},
        }

    def given(self, units: list[Unit]) -> StaffInput:
        """What was written, for the services."""
        chosen = {unit.code: unit for unit in units}.get(self.unit.data)
        return StaffInput(name=self.name.data or "", role=Role(self.role.data), unit=chosen)


class NewStaffForm(StaffForm):
    """A new user has a user name too."""

    username = StringField(
        _l("Användarnamn"),
        [InputRequired(_l("Skriv ett användarnamn.")), Length(max=80)],
        filters=[strip],
        description=_l("Till exempel fornamn.efternamn. Det kan inte ändras senare."),
    )
