"""The shape of what is written about units, workplaces, programmes and targets."""

from __future__ import annotations

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from caseflow.organisation.models import Unit
from caseflow.organisation.rules import MEASURES, SECTOR_LABELS, Sector, UnitKind, measure_label, measure_unit
from caseflow.organisation.services import ProgrammeInput, WorkplaceInput
from caseflow.organisation.targets import TargetInput
from caseflow.web.forms import SENTENCES, Form, SwedishDecimalField, strip

SECTORS = [(sector.value, label.capitalize()) for sector, label in SECTOR_LABELS.items()]
AMOUNT = NumberRange(min=0, max=10**9, message="Skriv ett tal från 0 till en miljard.")
WRITE_DATE = SENTENCES["Not a valid date value."]


class UnitForm(Form):
    """Name and purpose of a unit."""

    name = StringField("Namn", [InputRequired("Skriv enhetens namn."), Length(max=120)], filters=[strip])
    purpose = StringField(
        "Vad enheten gör",
        [Optional(), Length(max=200)],
        filters=[strip],
        description="Visas när någon väljer mottagande enhet.",
    )


class UnitCostForm(Form):
    """What a unit cost one calendar year."""

    year = IntegerField(
        "År", [InputRequired("Skriv året."), NumberRange(min=2000, max=2100, message="Skriv året med fyra siffror.")]
    )
    net_cost_kr = SwedishDecimalField(
        "Nettokostnad",
        [
            InputRequired("Skriv beloppet i kronor."),
            NumberRange(min=1, max=10**9, message="Skriv ett belopp från 1 krona till en miljard."),
        ],
        description="Hela årets nettokostnad i kronor, ur bokslutet.",
    )


class NewUnitForm(UnitForm):
    """A new unit also says what it is called for short, and what it does in the flow."""

    code = StringField(
        "Förkortning",
        [InputRequired("Skriv enhetens förkortning."), Length(max=40)],
        filters=[strip],
        description="Till exempel AMC. Den står i filer och rapporter och kan inte ändras senare.",
    )
    kind = RadioField(
        "Uppgift",
        [InputRequired("Välj vad enheten gör.")],
        choices=[(kind.value, kind.label) for kind in UnitKind],
    )


class WorkplaceForm(Form):
    """A workplace, its employer and whom to call."""

    name = StringField("Arbetsplats", [InputRequired("Skriv arbetsplatsens namn."), Length(max=160)], filters=[strip])
    employer = StringField(
        "Arbetsgivare",
        [InputRequired("Skriv arbetsgivarens namn."), Length(max=160)],
        filters=[strip],
        description="Välj en som finns, eller skriv en ny.",
    )
    sector = SelectField(
        "Sektor", choices=[("", "Välj sektor"), *SECTORS], description="Behövs bara när arbetsgivaren är ny."
    )
    department = StringField(
        "Förvaltning eller nämnd",
        [Optional(), Length(max=160)],
        filters=[strip],
        description="När arbetsgivaren är den egna kommunen.",
    )
    supervisor = StringField("Handledare", [Optional(), Length(max=120)], filters=[strip])
    phone = StringField("Telefon", [Optional(), Length(max=40)], filters=[strip])

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


class EmployerForm(Form):
    """An employer, for all its workplaces."""

    name = StringField("Arbetsgivare", [InputRequired("Skriv arbetsgivarens namn."), Length(max=160)], filters=[strip])
    sector = RadioField("Sektor", [InputRequired("Välj sektor.")], choices=SECTORS)
    department = StringField("Förvaltning eller nämnd", [Optional(), Length(max=160)], filters=[strip])


class ProgrammeForm(Form):
    """A programme: name, span, goal."""

    name = StringField("Namn", [InputRequired("Skriv programmets namn."), Length(max=120)], filters=[strip])
    starts_on = DateField("Start", [Optional()])
    ends_on = DateField("Slut", [Optional()])
    place_goal = IntegerField(
        "Mål, antal platser", [Optional(), NumberRange(min=1, max=100_000, message="Skriv ett antal från 1 och uppåt.")]
    )
    of_which_workplace = StringField(
        "Egen rad i rapporten för arbetsplatsen",
        [Optional(), Length(max=160)],
        filters=[strip],
        description="”Varav”-raden i placeringstabellen, till exempel Återbruket.",
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


class BudgetForm(Form):
    """One year of a programme's money."""

    year = IntegerField(
        "År", [InputRequired("Skriv året."), NumberRange(min=2000, max=2100, message="Skriv året med fyra siffror.")]
    )
    granted_kr = SwedishDecimalField("Beviljat", [InputRequired("Skriv beloppet i kronor."), AMOUNT])
    assistance_reduction_kr = SwedishDecimalField(
        "Sänkt budget för försörjningsstöd",
        [InputRequired("Skriv beloppet i kronor."), AMOUNT],
    )


class GoalForm(Form):
    """How many places a programme should begin one year."""

    # The page holds the budget's year too.
    goal_year = IntegerField(
        "År", [InputRequired("Skriv året."), NumberRange(min=2000, max=2100, message="Skriv året med fyra siffror.")]
    )
    board = StringField(
        "Nämnd eller förvaltning",
        [Optional(), Length(max=160)],
        filters=[strip],
        description="Tomt: alla tillsammans. Annars som det står på arbetsgivaren.",
    )
    places = IntegerField(
        "Mål, antal platser",
        [
            InputRequired("Skriv antalet platser."),
            NumberRange(min=0, max=100_000, message="Skriv ett antal, 0 eller mer."),
        ],
        description="0 tar bort målet.",
    )


class TargetForm(Form):
    """What a measure should reach, and from when."""

    measure = SelectField(
        "Mått",
        [InputRequired("Välj ett mått.")],
        choices=[("", "Välj mått"), *((code, f"{measure_label(code)} ({measure_unit(code)})") for code in MEASURES)],
    )
    unit = SelectField("Enhet", description="Ett målvärde för en enhet går före det för alla enheter.")
    value = SwedishDecimalField("Värde", [Optional(), AMOUNT])
    wording = StringField(
        "Nämndens formulering",
        [Optional(), Length(max=120)],
        filters=[strip],
        description="Till exempel ”ska minska”, när nämnden inte har satt någon siffra.",
    )
    valid_from = DateField("Gäller från", [InputRequired(WRITE_DATE)])
    valid_to = DateField("Gäller till och med", [Optional()], description="Tomt: tills vidare.")

    def offer(self, units: list[Unit]) -> None:
        """Let the user choose among these units."""
        self.unit.choices = [("", "Alla enheter"), *((unit.code, unit.code) for unit in units)]

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


class EndTargetForm(Form):
    """The last day of a target."""

    last_on = DateField("Sista dag", [InputRequired(WRITE_DATE)])
