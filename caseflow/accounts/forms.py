"""The shape of what users write about themselves."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from caseflow.accounts.passwords import MAX_LENGTH, MIN_LENGTH
from caseflow.core.language import Language, _l
from caseflow.web.forms import Form, strip


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
    """That it is still the user, by one of these. The names are its own: the fields of another form come along."""

    confirm_password = PasswordField(_l("Lösenord"), [Length(max=MAX_LENGTH)])
    confirm_code = StringField(
        _l("Eller en kod"),
        [Length(max=40)],
        description=_l("Sex siffror från kod-appen. Då behövs inte lösenordet."),
    )
    confirm_key = HiddenField()


class CodeForm(Form):
    """A code of the app, or from paper."""

    code = StringField(
        _l("Kod"),
        [InputRequired(_l("Skriv koden.")), Length(max=40)],
        description=_l("Sex siffror från kod-appen, eller en av dina reservkoder."),
    )


class AppForm(Form):
    """The first code of a new app."""

    code = StringField(_l("Koden som appen visar"), [InputRequired(_l("Skriv koden.")), Length(max=40)])


class PasskeyForm(Form):
    """A key that the browser has made."""

    name = StringField(
        _l("Namn på nyckeln"),
        [InputRequired(_l("Skriv ett namn, så att du känner igen nyckeln.")), Length(max=80)],
        filters=[strip],
        description=_l("Till exempel Min telefon eller Blå säkerhetsnyckel."),
    )
    credential = HiddenField()


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
