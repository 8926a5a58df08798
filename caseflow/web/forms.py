"""What every form shares: Swedish sentences, and a broken rule shown where it belongs."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import DecimalField, Field
from wtforms.i18n import get_translations
from wtforms.widgets import TextInput

from caseflow.core.errors import RuleBroken

# WTForms has Swedish of its own; these say what to do instead of what is wrong.
SENTENCES = {
    "Not a valid date value.": "Skriv datumet som ÅÅÅÅ-MM-DD.",
    "Not a valid integer value.": "Skriv ett heltal.",
    "Not a valid decimal value.": "Skriv ett tal, till exempel 14 eller 8,5.",
    "Not a valid choice.": "Välj ett av alternativen.",
    "This field is required.": "Fyll i uppgiften.",
}


class SwedishSentences:
    """Our sentence where there is one, else WTForms' own Swedish."""

    def __init__(self) -> None:
        self._library = get_translations(["sv"])

    def gettext(self, text: str) -> str:
        return SENTENCES.get(text) or str(self._library.gettext(text))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        return str(self._library.ngettext(singular, plural, count))


SWEDISH = SwedishSentences()


class Form(FlaskForm):
    """Base of every form. Sentences that a validator leaves to WTForms come in Swedish."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            # Flask-WTF would ask Flask-Babel, which is not here.
            return SWEDISH


class SwedishDecimalField(DecimalField):
    """A number as it is written in Swedish: decimal comma, spaces between thousands. A point is read too."""

    # A number input refuses the comma in browsers that speak English.
    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(["".join(text.split()).replace(",", ".") for text in valuelist])

    def _value(self) -> str:
        shown = str(super()._value())  # type: ignore[misc]
        return shown if self.raw_data else shown.replace(".", ",")


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
