"""Forms that several may have open at once: who comes second sees what the first has saved before replacing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wtforms import Field, IntegerField, SelectField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from caseflow.core.errors import RuleBroken, StaleEdit
from caseflow.database import unit_of_work
from caseflow.web.forms import Form, show_rule


class EditForm(Form):
    """A form of a row that may be changed by somebody else meanwhile; `version` is the row's when it was opened."""

    version = IntegerField(validators=[Optional()], widget=HiddenInput())


@dataclass(frozen=True)
class Stored:
    """What the row says now, as the form would show it, and who said it. `by` is "" where nobody has noted it."""

    form: EditForm
    version: int | None
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Stale:
    """Somebody else was first. `differences`: label, what the user wrote, what is stored."""

    by: str
    at: datetime | None
    differences: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Outcome:
    """What became of a form that was shown or sent, and the status of the page that shows it again."""

    status: int
    stale: Stale | None = None

    @property
    def is_saved(self) -> bool:
        return self.status == 303


def save(form: EditForm, edit: Callable[[], object], stored: Callable[[], Stored]) -> Outcome:
    """Make the change when the form was sent and holds. When somebody else was first nothing is changed: the user sees
    both, and the form's next sending replaces what they have now seen."""
    if not form.validate_on_submit():
        return Outcome(422 if form.is_submitted() else 200)
    try:
        with unit_of_work():
            edit()
    except RuleBroken as error:
        show_rule(form, error)
        return Outcome(422)
    except StaleEdit:
        now = stored()
        found = differences(form, now.form)
        form.version.raw_data, form.version.data = None, now.version
        # Sent twice, or the same change by two: there is nothing to replace.
        return Outcome(409, Stale(now.by, now.at, found)) if found else Outcome(303)
    return Outcome(303)


def differences(form: EditForm, stored: EditForm) -> list[tuple[str, str, str]]:
    """Where the forms say different things: label, what `form` says, what `stored` says."""
    return [
        (str(field.label.text), shown(field), shown(stored[field.name]))
        for field in form
        if field.name not in ("version", "csrf_token")
        if (field.data or None) != (stored[field.name].data or None)
    ]


def shown(field: Field) -> str:
    """The field's value in words."""
    if isinstance(field, SelectField):
        return ", ".join(str(label) for value, label, selected, *more in field.iter_choices() if selected)
    # As it stands in the input: what was typed, or the stored value in the same dress.
    return str(field._value())  # type: ignore[attr-defined]
