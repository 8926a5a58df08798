"""The form of a new referral."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from caseflow.core import clock
from caseflow.core.language import _, _l
from caseflow.organisation.rules import GROUND_LABELS
from caseflow.people.models import PROTECTION_LABELS, Protection
from caseflow.people.services import Situation
from caseflow.web.forms import Form, offered, strip

REASON_LENGTH = 600
WEEK_HOURS = 40

# What is chosen, what the form says, and the two facts it stands for.
AF_CHOICES: dict[str, tuple[str, bool | None, bool | None]] = {
    "ja": (_l("Ja"), True, False),
    "lamnar": (_l("Lämnar etableringen"), False, True),
    "nej": (_l("Nej"), False, False),
    "vet_ej": (_l("Vet ej"), None, None),
}
# The rules name fields as the files do.
FIELDS = {
    "anvisad": "referred_on",
    "forsta_kontakt": "first_contact_on",
    "ansokan": "application_on",
    "beslut": "decision_on",
    "fornamn": "first_name",
    "efternamn": "last_name",
    "datum": "referred_on",
}


def children() -> Any:
    few = NumberRange(0, 20, _l("Skriv hur många barn som bor i hushållet, 0–20."))
    return IntegerField(_l("Barn i hushållet"), [Optional(), few])


def assistance_since() -> Any:
    return DateField(_l("Försörjningsstöd sedan"), [Optional(), _begun])


def activity_hours() -> Any:
    few = NumberRange(0, WEEK_HOURS, _l("Skriv ett tal från 0 till %(most)s.", most=WEEK_HOURS))
    return IntegerField(_l("Kan delta, timmar i veckan"), [Optional(), few])


def registered() -> Any:
    return RadioField(
        _l("Inskriven på Arbetsförmedlingen"),
        [InputRequired(_l("Ange om deltagaren är inskriven på Arbetsförmedlingen."))],
        choices=offered([(value, label) for value, (label, _, _) in AF_CHOICES.items()]),
    )


def protection() -> Any:
    return RadioField(
        _l("Skyddade personuppgifter"),
        choices=offered(PROTECTION_LABELS.items()),
        coerce=Protection,
        default=Protection.NONE,
        description=_l("Ärendet ses då bara av den som har anvisat och av dem som chefen ger behörighet."),
    )


def _begun(_form: Form, field: Any) -> None:
    if field.data and field.data > clock.today():
        raise ValidationError(_("Försörjningsstödet kan inte ha börjat efter i dag, %(today)s.", today=clock.today()))


class NumberForm(Form):
    """Whom the referral is about."""

    personnummer = StringField(
        _l("Personnummer eller samordningsnummer"),
        [InputRequired(_l("Skriv personnumret.")), Length(max=20, message=_l("Skriv personnumret med tolv siffror."))],
        filters=[strip],
        description=_l("Tolv siffror, ÅÅÅÅMMDD-NNNN. Slagningen loggas."),
    )


class ReferralForm(NumberForm):
    """The whole referral. `shown_for` is the keyed hash of the number whose facts the page showed."""

    shown_for = HiddenField()
    first_name = StringField(_l("Förnamn"), [Length(max=80, message=_l("Skriv högst 80 tecken."))], filters=[strip])
    last_name = StringField(_l("Efternamn"), [Length(max=80, message=_l("Skriv högst 80 tecken."))], filters=[strip])
    protection = protection()
    household_number = StringField(
        _l("Hushållets nummer i försörjningssystemet"),
        [Optional(), Length(max=40, message=_l("Skriv högst 40 tecken."))],
        filters=[strip],
    )
    children = children()
    assistance_since_on = assistance_since()
    to_unit = RadioField(_l("Mottagande enhet"), [InputRequired(_l("Välj mottagande enhet."))])
    referred_on = DateField(
        _l("Anvisningsdatum"), [InputRequired(_l("Skriv datumet för anvisningen."))], default=clock.today
    )
    first_contact_on = DateField(_l("Första kontakt"), [Optional()])
    application_on = DateField(_l("Ansökan"), [Optional()])
    decision_on = DateField(_l("Beslut"), [Optional()])
    activity_hours = activity_hours()
    af = registered()
    programmes = SelectMultipleField(
        _l("Program"), [Optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    reason = TextAreaField(
        _l("Det mottagande enhet behöver veta"),
        [
            DataRequired(_l("Skriv varför du anvisar och vad mottagande enhet behöver veta.")),
            Length(max=REASON_LENGTH, message=_l("Skriv högst %(most)s tecken.", most=REASON_LENGTH)),
        ],
        filters=[strip],
        description=_l(
            "Kort och sakligt, till exempel erfarenhet, språk och tider som inte fungerar. Skriv inte diagnoser."
        ),
    )

    ground = RadioField(
        _l("Grund för att lämna ut uppgifterna"),
        [InputRequired(_l("Välj på vilken grund uppgifterna lämnas ut."))],
        choices=offered([(ground.value, label) for ground, label in GROUND_LABELS.items()]),
    )
    consent_on = DateField(_l("Samtycket lämnat"), [Optional()], description=_l("Behövs när grunden är samtycke."))

    def require_name(self, needed: bool) -> None:
        """A person that is not known yet needs a name."""
        if needed:
            self.first_name.validators = [DataRequired(_("Skriv förnamnet.")), *self.first_name.validators]
            self.last_name.validators = [DataRequired(_("Skriv efternamnet.")), *self.last_name.validators]

    @property
    def situation(self) -> Situation:
        """What the form says of Arbetsförmedlingen and hours."""
        return situation(self.af.data, self.activity_hours.data)

    def validate_referred_on(self, field: Any) -> None:
        """WTForms calls this. The log would say the same, of the event; here the field is named."""
        if field.data and field.data > clock.today():
            raise ValidationError(_("Anvisningsdatumet kan inte ligga efter i dag, %(today)s.", today=clock.today()))


def situation(af: str | None, hours: int | None) -> Situation:
    """What a choice of AF_CHOICES stands for, with the hours."""
    _, registered, leaves = AF_CHOICES.get(af or "", ("", None, None))
    return Situation(registered, leaves, hours)


def af_choice(registered: bool | None, leaves: bool | None) -> str | None:
    """The choice that stands for what is known; None when nothing is, so that somebody has to choose."""
    if registered:
        return "ja"
    if leaves:
        return "lamnar"
    return "nej" if registered is False else None
