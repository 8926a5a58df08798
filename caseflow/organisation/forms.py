"""The shape of what is written about units, workplaces, programmes and targets."""

from __future__ import annotations

from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from caseflow.core.language import _, _l
from caseflow.organisation.editing import EditForm
from caseflow.organisation.models import Unit
from caseflow.organisation.rules import GROUND_LABELS, MEASURES, Sector, UnitKind, measure_label, measure_unit
from caseflow.organisation.services import ProgrammeInput, WorkplaceInput
from caseflow.organisation.targets import TargetInput
from caseflow.web.forms import SwedishDecimalField, offered, strip

AMOUNT = NumberRange(min=0, max=10**9, message=_l("Skriv ett tal från 0 till en miljard."))
WRITE_DATE = _l("Skriv datumet som ÅÅÅÅ-MM-DD.")


def sectors() -> dict[str, str]:
    """Every sector to choose among."""
    return {sector.value: sector.label.capitalize() for sector in Sector}


def measures() -> dict[str, str]:
    """Everything that can have a target, and what it is counted in."""
    return {code: f"{measure_label(code)} ({measure_unit(code)})" for code in MEASURES}


class UnitForm(EditForm):
    """Name and purpose of a unit."""

    name = StringField(_l("Namn"), [InputRequired(_l("Skriv enhetens namn.")), Length(max=120)], filters=[strip])
    purpose = StringField(
        _l("Vad enheten gör"),
        [Optional(), Length(max=200)],
        filters=[strip],
        description=_l("Visas när någon väljer mottagande enhet."),
    )


class DisclosureRuleForm(EditForm):
    """The grounds on which a unit hands over to another, and the one that is chosen beforehand."""

    grounds = SelectMultipleField(
        _l("Tillåtna grunder"),
        [Optional()],
        choices=offered([(ground.value, label) for ground, label in GROUND_LABELS.items()]),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    default_ground = RadioField(
        _l("Förvald grund"),
        [Optional()],
        choices=offered([(ground.value, label) for ground, label in GROUND_LABELS.items()]),
    )


class UnitCostForm(EditForm):
    """What a unit cost one calendar year."""

    year = IntegerField(
        _l("År"),
        [InputRequired(_l("Skriv året.")), NumberRange(min=2000, max=2100, message=_l("Skriv året med fyra siffror."))],
    )
    net_cost_kr = SwedishDecimalField(
        _l("Nettokostnad"),
        [
            InputRequired(_l("Skriv beloppet i kronor.")),
            NumberRange(min=1, max=10**9, message=_l("Skriv ett belopp från 1 krona till en miljard.")),
        ],
        description=_l("Hela årets nettokostnad i kronor, ur bokslutet."),
    )


class NewUnitForm(UnitForm):
    """A new unit also says what it is called for short, and what it does in the flow."""

    code = StringField(
        _l("Förkortning"),
        [InputRequired(_l("Skriv enhetens förkortning.")), Length(max=40)],
        filters=[strip],
        description=_l("Till exempel AMC. Den står i filer och rapporter och kan inte ändras senare."),
    )
    kind = RadioField(
        _l("Uppgift"),
        [InputRequired(_l("Välj vad enheten gör."))],
        description=_l("Styr vem som kan anvisa ärenden och vem som kan ta emot dem. Kan inte ändras senare."),
        choices=lambda: {kind.value: kind.label for kind in UnitKind},
    )


class WorkplaceForm(EditForm):
    """A workplace, its employer and whom to call."""

    name = StringField(
        _l("Arbetsplats"), [InputRequired(_l("Skriv arbetsplatsens namn.")), Length(max=160)], filters=[strip]
    )
    employer = StringField(
        _l("Arbetsgivare"),
        [InputRequired(_l("Skriv arbetsgivarens namn.")), Length(max=160)],
        filters=[strip],
        description=_l("Välj en som finns, eller skriv en ny."),
    )
    sector = SelectField(
        _l("Sektor"),
        choices=lambda: {"": _("Välj sektor"), **sectors()},
        description=_l("Behövs bara när arbetsgivaren är ny."),
    )
    department = StringField(
        _l("Förvaltning eller nämnd"),
        [Optional(), Length(max=160)],
        filters=[strip],
        description=_l("När arbetsgivaren är den egna kommunen."),
    )
    supervisor = StringField(_l("Handledare"), [Optional(), Length(max=120)], filters=[strip])
    phone = StringField(_l("Telefon"), [Optional(), Length(max=40)], filters=[strip])

    @property
    def given(self) -> WorkplaceInput:
        """What was written, for the services."""
        return WorkplaceInput(
            name=self.name.data or "",
            employer=self.employer.data or "",
            sector=Sector(self.sector.data) if self.sector.data else None,
            department=self.department.data or "",
            supervisor=self.supervisor.data or "",
            phone=self.phone.data or "",
        )


class EmployerForm(EditForm):
    """An employer, for all its workplaces."""

    name = StringField(
        _l("Arbetsgivare"), [InputRequired(_l("Skriv arbetsgivarens namn.")), Length(max=160)], filters=[strip]
    )
    sector = RadioField(_l("Sektor"), [InputRequired(_l("Välj sektor."))], choices=sectors)
    department = StringField(_l("Förvaltning eller nämnd"), [Optional(), Length(max=160)], filters=[strip])


class ProgrammeForm(EditForm):
    """A programme: name, span, goal."""

    name = StringField(_l("Namn"), [InputRequired(_l("Skriv programmets namn.")), Length(max=120)], filters=[strip])
    starts_on = DateField(_l("Start"), [Optional()])
    ends_on = DateField(_l("Slut"), [Optional()])
    place_goal = IntegerField(
        _l("Mål, antal platser"),
        [Optional(), NumberRange(min=1, max=100_000, message=_l("Skriv ett antal från 1 och uppåt."))],
        description=_l("Under hela programmets tid. Mål för ett år registreras för sig."),
    )
    of_which_workplace = StringField(
        _l("Egen rad i rapporten för arbetsplatsen"),
        [Optional(), Length(max=160)],
        filters=[strip],
        description=_l("”Varav”-raden i placeringstabellen, till exempel Återbruket."),
    )

    @property
    def given(self) -> ProgrammeInput:
        """What was written, for the services."""
        return ProgrammeInput(
            name=self.name.data or "",
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            place_goal=self.place_goal.data,
            of_which_workplace=self.of_which_workplace.data or "",
        )


class BudgetForm(EditForm):
    """One year of a programme's money."""

    year = IntegerField(
        _l("År"),
        [InputRequired(_l("Skriv året.")), NumberRange(min=2000, max=2100, message=_l("Skriv året med fyra siffror."))],
    )
    granted_kr = SwedishDecimalField(
        _l("Beviljat"),
        [InputRequired(_l("Skriv beloppet i kronor.")), AMOUNT],
        description=_l("Det programmet får under året."),
    )
    assistance_reduction_kr = SwedishDecimalField(
        _l("Sänkt budget för försörjningsstöd"),
        [InputRequired(_l("Skriv beloppet i kronor.")), AMOUNT],
        description=_l("Så mycket mindre som året har fått för försörjningsstöd, eftersom programmet ska minska det."),
    )


class GoalForm(EditForm):
    """How many places a programme should begin one year."""

    # The page holds the budget's year too.
    goal_year = IntegerField(
        _l("År"),
        [InputRequired(_l("Skriv året.")), NumberRange(min=2000, max=2100, message=_l("Skriv året med fyra siffror."))],
    )
    board = StringField(
        _l("Nämnd eller förvaltning"),
        [Optional(), Length(max=160)],
        filters=[strip],
        description=_l("Tomt: alla tillsammans. Annars som det står på arbetsgivaren."),
    )
    places = IntegerField(
        _l("Mål, antal platser"),
        [
            InputRequired(_l("Skriv antalet platser.")),
            NumberRange(min=0, max=100_000, message=_l("Skriv ett antal, 0 eller mer.")),
        ],
        description=_l("0 tar bort målet."),
    )


class TargetForm(EditForm):
    """What a measure should reach, and from when."""

    measure = SelectField(
        _l("Mått"),
        [InputRequired(_l("Välj ett mått."))],
        description=_l("”Tid i steget” är de dagar ett ärende får vara där innan det räknas som försenat."),
        choices=lambda: {"": _("Välj mått"), **measures()},
    )
    unit = SelectField(_l("Enhet"), description=_l("Ett målvärde för en enhet går före det för alla enheter."))
    value = SwedishDecimalField(
        _l("Värde"),
        [Optional(), AMOUNT],
        description=_l("I måttets enhet, till exempel 14 för 14 dagar. Tomt när nämnden bara har en formulering."),
    )
    wording = StringField(
        _l("Nämndens formulering"),
        [Optional(), Length(max=120)],
        filters=[strip],
        description=_l("Till exempel ”ska minska”, när nämnden inte har satt någon siffra."),
    )
    valid_from = DateField(_l("Gäller från"), [InputRequired(WRITE_DATE)])
    valid_to = DateField(_l("Gäller till och med"), [Optional()], description=_l("Tomt: tills vidare."))

    def offer(self, units: list[Unit]) -> None:
        """Let the user choose among these units."""
        self.unit.choices = {"": _("Alla enheter"), **{unit.code: unit.code for unit in units}}

    def given(self, units: list[Unit]) -> TargetInput:
        """What was written, for the services."""
        assert self.valid_from.data is not None
        return TargetInput(
            measure=self.measure.data,
            unit={unit.code: unit for unit in units}.get(self.unit.data),
            value=self.value.data,
            wording=self.wording.data or "",
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )


class EndTargetForm(EditForm):
    """The last day of a target."""

    last_on = DateField(_l("Sista dag"), [InputRequired(WRITE_DATE)])
