"""What every form shares: Swedish sentences, and a broken rule shown where it belongs."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.meta import DefaultMeta

from caseflow.core.errors import RuleBroken


class Form(FlaskForm):
    """Base of every form. Sentences that a validator leaves to WTForms come in Swedish."""

    class Meta(FlaskForm.Meta):
        locales = ("sv",)

        def get_translations(self, form: Any) -> Any:
            # Flask-WTF would ask Flask-Babel, which is not here; WTForms has Swedish of its own.
            return DefaultMeta.get_translations(self, form)


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
