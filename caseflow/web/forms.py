"""What every form shares: sentences that say what to do, and a broken rule shown where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import DecimalField, Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.i18n import get_translations
from wtforms.widgets import TextInput

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _l, current

# WTForms has Swedish of its own; these say what to do instead of what is wrong.
SENTENCES = {
    "Not a valid date value.": _l("Skriv datumet som ÅÅÅÅ-MM-DD."),
    "Not a valid integer value.": _l("Skriv ett heltal."),
    "Not a valid decimal value.": _l("Skriv ett tal, till exempel 14 eller 8,5."),
    "Not a valid choice.": _l("Välj ett av alternativen."),
    "This field is required.": _l("Fyll i uppgiften."),
}


class Sentences:
    """Our sentence where there is one, else WTForms' own, in the reader's language."""

    def gettext(self, text: str) -> str:
        return str(SENTENCES[text]) if text in SENTENCES else str(self._library().gettext(text))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return str(self._library().ngettext(singular, plural, count))

    @staticmethod
    def _library() -> Any:
        return get_translations([current().value])


class Form(FlaskForm):
    """Base of every form. Sentences that a validator leaves to WTForms come from `Sentences`."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return Sentences()


class SwedishDecimalField(DecimalField):
    """A number as it is written in Swedish: decimal comma, spaces between thousands. A point is read too."""

    # A number input refuses the comma in browsers that speak English.
    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(["".join(text.split()).replace(",", ".") for text in valuelist])

    def _value(self) -> str:
        shown = str(super()._value())  # type: ignore[misc]
        return shown if self.raw_data else shown.replace(".", ",")


def offered(choices: Iterable[tuple[Any, str]]) -> Any:
    """The choices of a field, value and label, as WTForms wants them from 3.4 on. Its stubs do not know the class."""
    return [SelectChoice(value, label) for value, label in choices]


def as_public_id(value: Any) -> UUID:
    """The `coerce` of a field whose choices are rows."""
    return value if isinstance(value, UUID) else UUID(value)


def strip(text: Any) -> Any:
    """A filter for text fields: without blanks around it."""
    return text.strip() if isinstance(text, str) else text


def show_rule(form: FlaskForm, error: RuleBroken) -> None:
    """Put the sentence at the field that the rule names, else in the error summary."""
    field: Field | None = form._fields.get(error.field) if error.field else None
    if field is None:
        form.form_errors.append(error.message)
    else:
        field.errors = [*field.errors, error.message]
