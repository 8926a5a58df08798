"""Forms of the steps on a case. Every one carries the version of the case it was opened with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    fields,
)
from wtforms.validators import Length, Optional, StopValidation, ValidationError
from wtforms.widgets import HiddenInput, MonthInput, TextInput

from caseflow.cases.models import AssessmentArea
from caseflow.cases.terms import EmploymentForm, ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core import clock
from caseflow.core.errors import RuleBroken
from caseflow.core.language import _, _l
from caseflow.core.periods import add_months
from caseflow.web.forms import Form, as_public_id, offered, show_rule, strip

NOTE_LENGTH = 4000
MISSING_DAY = _l("Ange datumet.")
MAX_KR = 10_000_000
# The rules name fields as the files do; the forms have names of their own.
FIELDS = {
    "datum": "on",
    "start": "on",
    "slut": "on",
    "anvisad": "on",
    "forsta_kontakt": "on",
    "ansokan": "on",
    "beslut": "on",
    "planerat_slut": "planned_end_on",
    "omfattning_procent": "percent",
    "anstallningsform": "form",
    "slutorsak": "note",
    "utfall": "outcome",
    "lonekostnad": "wage_kr",
    "af_bidrag": "af_kr",
    "manad": "month_on",
}


class VersionField(Field):
    """The version of the case that the form was opened with."""

    widget = HiddenInput()

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist or not str(valuelist[0]).isdigit():
            raise ValueError(_("Sidan är ofullständig. Öppna ärendet igen och gör om ditt steg."))
        self.data = int(valuelist[0])


class OpenedField(Field):
    """When the form was opened: what others have registered since is shown before they are overwritten."""

    widget = HiddenInput()
    data: datetime | None

    def _value(self) -> str:
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            found = datetime.fromisoformat(str(valuelist[0])) if valuelist else None
        except ValueError:
            found = None
        self.data = found if found and found.tzinfo else None


class DateField(fields.DateField):
    """A day, written or picked."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        written = [str(value).strip() for value in valuelist]
        if written and not any(written):
            self.data = None
            return
        try:
            super().process_formdata(written)
        except ValueError:
            raise ValueError(_("Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2020-08-31.")) from None


class MonthField(Field):
    """A calendar month, as its first day."""

    widget = MonthInput()
    data: date | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            self.data = date.fromisoformat(f"{str(valuelist[0]).strip()}-01") if valuelist else None
        except ValueError:
            self.data = None
            raise ValueError(_("Skriv månaden som ÅÅÅÅ-MM, till exempel 2020-08.")) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%Y-%m}" if self.data else ""


class KronorField(Field):
    """Kronor as people write them: blanks between thousands, decimal comma or point."""

    widget = TextInput()
    data: Decimal | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = "".join(str(valuelist[0]).split()).replace(",", ".").removesuffix("kr") if valuelist else ""
        try:
            self.data = Decimal(text).quantize(Decimal("0.01")) if text else None
            possible = self.data is None or 0 <= self.data < MAX_KR
        except InvalidOperation:
            self.data = None
            raise ValueError(_("Skriv beloppet i kronor, till exempel 24 350.")) from None
        if not possible:
            self.data = None
            raise ValueError(_("Beloppet ska vara 0 eller mer och under tio miljoner kronor."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data.normalize():f}".replace(".", ",")


class PercentField(IntegerField):
    """Whole percent."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([str(value).strip().removesuffix("%") for value in valuelist])
        except ValueError:
            raise ValueError(_("Skriv omfattningen som ett heltal från 1 till 100.")) from None


class Needed:
    """The field must be filled in; the sentence says with what. A default counts; what cannot be read has its own."""

    field_flags = {"required": True}

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation
        if field.data in (None, ""):
            field.errors.clear()
            raise StopValidation(self.sentence)


def short_enough(length: int = NOTE_LENGTH) -> Length:
    return Length(max=length, message=_l("Texten får vara högst %(length)s tecken.", length=length))


def today() -> date:
    return clock.today()


def day(label: str, missing: str = MISSING_DAY, default: Callable[[], date] | None = today) -> Any:
    """A day that must be given; today until another is chosen."""
    return DateField(label, validators=[Needed(missing)], default=default)


def text(label: str, missing: str | None = None, description: str = "") -> Any:
    """Free text; needed when there is a sentence for its absence."""
    first = Needed(missing) if missing else Optional()
    return TextAreaField(
        label, filters=[strip], validators=[first, short_enough()], description=description, render_kw={"rows": 4}
    )


class StepForm(Form):
    """Base of every form on a case."""

    version = VersionField()
    opened_at = OpenedField()

    def show(self, error: RuleBroken) -> None:
        """Put the sentence of a broken rule at its field."""
        name = FIELDS.get(error.field or "", error.field)
        show_rule(self, RuleBroken(error.message, field=name))


class AcceptForm(StepForm):
    on = day(_l("Mottagen"))
    counsellor = SelectField(_l("Konsulent"), coerce=as_public_id, validators=[Needed(_l("Välj konsulent."))])


class ReturnForm(StepForm):
    on = day(_l("Återlämnad"))
    note = text(_l("Skäl"), _l("Skriv varför anvisningen återlämnas."), _l("Den som anvisade läser skälet."))


class WithdrawForm(StepForm):
    on = day(_l("Återkallad"))
    note = text(_l("Skäl"), _l("Skriv varför anvisningen återkallas."), _l("Den mottagande enheten läser skälet."))


class FirstMeetingForm(StepForm):
    on = day(_l("Mötesdag"))
    note = text(_l("Anteckning"))


class FollowUpForm(StepForm):
    on = day(_l("Datum"))
    note = text(_l("Vad uppföljningen gav"), _l("Skriv kort vad uppföljningen gav."))


class NoteForm(StepForm):
    note = text(_l("Anteckning"), _l("Skriv anteckningen."))


class HandOverForm(StepForm):
    counsellor = SelectField(_l("Ny konsulent"), coerce=as_public_id, validators=[Needed(_l("Välj konsulent."))])


class ReopenForm(StepForm):
    on = day(_l("Återöppnat"))
    note = text(_l("Skäl"), _l("Skriv varför ärendet återöppnas."))


class EndPlacementForm(StepForm):
    on = day(_l("Sista dag"))
    note: Any = StringField(
        _l("Orsak"),
        filters=[strip],
        validators=[Needed(_l("Ange varför placeringen slutade.")), short_enough(400)],
        description=_l("Till exempel: enligt plan, anställning, sjukdom, avbruten av arbetsplatsen."),
        render_kw={"list": "reasons"},
    )


class PlacementForm(StepForm):
    kind = RadioField(
        _l("Typ"),
        choices=lambda: offered([(kind.value, kind.label) for kind in PlacementKind]),
        validators=[Needed(_l("Välj typ av placering."))],
    )
    form = SelectField(
        _l("Anställningsform"),
        choices=lambda: offered([("", _("Välj form")), *((form.value, form.label) for form in EmploymentForm)]),
        default="",
        description=_l("Beslutas av Arbetsförmedlingen."),
    )
    workplace: Any = StringField(
        _l("Arbetsplats"),
        filters=[strip],
        validators=[Needed(_l("Välj en arbetsplats."))],
        description=_l("Skriv några bokstäver och välj ur listan. De senast använda står först."),
        render_kw={"list": "workplaces", "autocomplete": "off"},
    )
    percent: Any = PercentField(_l("Omfattning"), validators=[Needed(_l("Ange omfattningen i procent."))])
    on = day(_l("Första dag"), default=None)
    planned_end_on: Any = DateField(_l("Planerat slut"), validators=[Optional()])
    supervisor = StringField(_l("Handledare"), filters=[strip], validators=[Optional(), short_enough(120)])
    note = text(_l("Anteckning"))

    def validate_form(self, field: SelectField) -> None:
        if self.kind.data == PlacementKind.SUBSIDISED_EMPLOYMENT and not field.data:
            raise ValidationError(_("Välj anställningsform för arbetsmarknadsanställningen."))

    @property
    def chosen_form(self) -> EmploymentForm | None:
        """The form of an employment; what stands there for other kinds does not count."""
        is_employment = self.kind.data == PlacementKind.SUBSIDISED_EMPLOYMENT
        return EmploymentForm(self.form.data) if is_employment and self.form.data else None


class WageCostForm(StepForm):
    placement = SelectField(_l("Anställning"), coerce=as_public_id, validators=[Needed(_l("Välj anställning."))])
    month_on = MonthField(
        _l("Månad"),
        validators=[Needed(_l("Ange månaden."))],
        default=lambda: add_months(today(), -1),
    )
    wage_kr = KronorField(
        _l("Lönekostnad"),
        validators=[Needed(_l("Ange lönekostnaden."))],
        description=_l("Lön med arbetsgivaravgifter, före bidrag."),
    )
    af_kr = KronorField(_l("Bidrag från Arbetsförmedlingen"), validators=[Optional()])
    programme_kr = KronorField(_l("Programmedel"), validators=[Optional()])


class ExitForm(StepForm):
    on = day(_l("Sista dag"))
    outcome = RadioField(
        _l("Avslutas till"),
        choices=lambda: offered([(outcome.value, outcome.label) for outcome in ExitOutcome]),
        validators=[Needed(_l("Välj vad ärendet avslutas till."))],
    )
    household_effect = RadioField(
        _l("Hushållets försörjningsstöd"),
        choices=lambda: offered(
            [*((effect.value, effect.label) for effect in HouseholdEffect), ("", _("Inte känt än"))]
        ),
        default="",
        description=_l("Kan rättas senare, när beskedet kommer."),
    )
    typed_baseline_kr = KronorField(
        _l("Försörjningsstöd per månad före avslutet"),
        validators=[Optional()],
        description=_l("Ingen utbetalning är känd för hushållet. Ange snittet per månad om du vet det."),
    )
    note = text(_l("Anteckning"))

    @property
    def effect(self) -> HouseholdEffect | None:
        return HouseholdEffect(self.household_effect.data) if self.household_effect.data else None


class JoinProgrammeForm(StepForm):
    programme = SelectField(_l("Program"), coerce=as_public_id, validators=[Needed(_l("Välj program."))])
    on = day(_l("Från och med"))


class LeaveProgrammeForm(StepForm):
    on = day(_l("Sista dag"))
    mistaken = BooleanField(
        _l("Ärendet har aldrig varit med i programmet"), description=_l("Då räknas inte sista dagen.")
    )


class VoidForm(StepForm):
    reason = text(_l("Skäl"), _l("Skriv varför händelsen makuleras."))


def why() -> Any:
    """Why a fact is corrected."""
    return text(_l("Skäl till rättelsen"), _l("Skriv varför uppgiften rättas."), _l("Skälet står kvar i ärendet."))


class CorrectionForm(StepForm):
    """Day and text of an event."""

    on = day(_l("Datum"))
    note = text(_l("Text"))
    reason = why()


class ExitCorrectionForm(ExitForm):
    reason = why()


class PlacementCorrectionForm(PlacementForm):
    reason = why()


class AssessmentForm(StepForm):
    """Day and text of a scoring; `with_areas` adds a choice per area."""

    on = day(_l("Datum"))
    note = text(_l("Anteckning"))
    scores = HiddenField()

    def values(self) -> dict[UUID, int]:
        """The chosen scores by the area's public id."""
        chosen = {name: field.data for name, field in self._fields.items() if name.startswith("area_")}
        return {UUID(name.removeprefix("area_")): int(value) for name, value in chosen.items() if value}


class AssessmentCorrectionForm(AssessmentForm):
    reason = why()


def with_areas(
    base: type[AssessmentForm], areas: Sequence[AssessmentArea], latest: dict[AssessmentArea, int]
) -> type[AssessmentForm]:
    """The form with one choice, 1 to 5, per area; beside it what the area had last."""
    choices = {
        f"area_{area.public_id}": RadioField(
            area.name,
            choices=offered([(str(value), str(value)) for value in range(1, 6)]),
            validators=[Optional()],
            description=_("senast %(latest)s", latest=latest[area]) if area in latest else "",
        )
        for area in areas
    }
    return type("AssessmentForm", (base,), choices)
