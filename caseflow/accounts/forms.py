"""The shape of what users write about themselves."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from caseflow.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from caseflow.core.language import Language, _l
from caseflow.web.forms import Form


class SignInForm(Form):
    """User name and password."""

    username = StringField(_l("Användarnamn"), [InputRequired(_l("Skriv ditt användarnamn.")), Length(max=80)])
    password = PasswordField(_l("Lösenord"), [InputRequired(_l("Skriv ditt lösenord.")), Length(max=MAX_LENGTH)])


class PasswordForm(Form):
    """A new password of one's own."""

    present_password = PasswordField(
        _l("Lösenord nu"), [InputRequired(_l("Skriv det lösenord du har nu.")), Length(max=MAX_LENGTH)]
    )
    new_password = PasswordField(
        _l("Nytt lösenord"),
        [InputRequired(_l("Skriv ett nytt lösenord."))],
        description=_l("Minst %(count)s tecken. En mening går bra och är lätt att minnas.", count=MIN_LENGTH),
    )


class ConfirmForm(Form):
    """That it is still the user. The name of the field is its own: the fields of another form come along."""

    confirm_password = PasswordField(
        _l("Lösenord"), [InputRequired(_l("Skriv ditt lösenord.")), Length(max=MAX_LENGTH)]
    )


class ShortcutForm(Form):
    """Single-key shortcuts."""

    on = BooleanField(
        _l("Kortkommandon med en tangent"),
        description=_l("/ söker, n ny anteckning, p registrera placering, ? visar listan."),
    )


class LanguageForm(Form):
    """The language of the pages."""

    language = RadioField(
        _l("Språk"), [InputRequired()], choices=lambda: {language.value: language.label for language in Language}
    )
