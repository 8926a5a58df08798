"""The shape of what users write about themselves."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from caseflow.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from caseflow.core.language import Language
from caseflow.web.forms import Form


class SignInForm(Form):
    """User name and password."""

    username = StringField("Användarnamn", [InputRequired("Skriv ditt användarnamn."), Length(max=80)])
    password = PasswordField("Lösenord", [InputRequired("Skriv ditt lösenord."), Length(max=MAX_LENGTH)])


class PasswordForm(Form):
    """A new password of one's own."""

    present_password = PasswordField(
        "Lösenord nu", [InputRequired("Skriv det lösenord du har nu."), Length(max=MAX_LENGTH)]
    )
    new_password = PasswordField(
        "Nytt lösenord",
        [InputRequired("Skriv ett nytt lösenord.")],
        description=f"Minst {MIN_LENGTH} tecken. En mening går bra och är lätt att minnas.",
    )


class ShortcutForm(Form):
    """Single-key shortcuts."""

    on = BooleanField(
        "Kortkommandon med en tangent", description="/ söker, n ny anteckning, p registrera placering, ? visar listan."
    )


class LanguageForm(Form):
    """The language of the pages."""

    language = RadioField(
        "Språk", choices=[(language.value, language.label) for language in Language], validators=[InputRequired()]
    )
