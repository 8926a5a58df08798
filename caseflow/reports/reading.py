"""The words of an address, read into a question or a selection: the one place that does, for pages, API and freezing.

What cannot be read is never replaced by something else: the field says in a sentence what to write instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, SelectField, StringField, ValidationError
from wtforms.validators import Optional

from caseflow.core import clock
from caseflow.core.language import _, _l
from caseflow.measures.choices import SEXES, YEARS, read_period
from caseflow.measures.programme import report_day
from caseflow.measures.rules import Wait
from caseflow.measures.selection import AGE_GROUPS, Ages, Cut, Filter, Period, Selection
from caseflow.organisation.models import Programme
from caseflow.organisation.queries import list_all_units, list_programmes
from caseflow.reports.kinds import Question, ReportKind
from caseflow.web.forms import Form, offered

# Which of the things that a report can be asked about each field is.
ASKS = {
    "enhet": "unit",
    "program": "programme",
    "kon": "sex",
    "alder": "ages",
    "rakna": "begun",
    "matt": "wait",
    "steg": "step",
}
STEPS = {"manad": "month", "vecka": "week"}
WORD_OF_STEP = {step: word for word, step in STEPS.items()}
DAYS = ("fran", "till", "brytdag")


class QuestionForm(Form):
    """The filter bar. `kind` None: every filter may be used, as the rows behind a figure may need."""

    class Meta(Form.Meta):
        # Asking changes nothing.
        csrf = False

    ar = SelectField(_l("År"), validate_choice=False)
    fran = DateField(_l("Från och med"), [Optional()])
    till = DateField(_l("Till och med"), [Optional()])
    brytdag = DateField(_l("Brytdag"), [Optional()])
    kant = StringField(_l("Som det var känt"))
    enhet = SelectField(_l("Enhet"), validate_choice=False)
    program = SelectField(_l("Program"), validate_choice=False)
    kon = SelectField(
        _l("Kön"),
        choices=offered([("", _l("Alla")), ("kvinnor", _l("Kvinnor")), ("man", _l("Män"))]),
        validate_choice=False,
    )
    alder = SelectField(_l("Ålder"), validate_choice=False)
    rakna = SelectField(
        _l("Räkna efter"),
        choices=offered([("", _l("När väntan tog slut")), ("borjan", _l("När den började"))]),
        validate_choice=False,
    )
    matt = SelectField(
        _l("Ledtid"), choices=lambda: offered([(wait.value, wait.label) for wait in Wait]), validate_choice=False
    )
    steg = SelectField(
        _l("Steg"), choices=offered([("manad", _l("Månad")), ("vecka", _l("Vecka"))]), validate_choice=False
    )

    def __init__(self, args: Mapping[str, str], kind: ReportKind | None = None) -> None:
        self.kind = kind
        registers = Registers()
        self.units, self.programmes = registers.units, registers.programmes
        self.ages: Ages | None = None
        self.known_at: datetime | None = None
        # Empty is the same as not said.
        super().__init__(formdata=MultiDict({name: word.strip() for name, word in args.items() if word.strip()}))
        self._offer()

    @property
    def shown(self) -> list[Field]:
        """The fields of the bar, in order. The period of a report on whole years is its year."""
        kind = self.kind
        period = [self.ar] if kind and kind.whole_years else [self.fran, self.till]
        asked = [self[name] for name, ask in ASKS.items() if kind is None or ask in kind.asks]
        return [*period, *asked, self.brytdag, self.kant]

    @property
    def sentences(self) -> dict[str, str]:
        """What is to be written otherwise, by field."""
        return {str(name): str(sentences[0]) for name, sentences in self.errors.items()}

    def read(self) -> Question | None:
        """The question; None when a field cannot be read, and the field then says why."""
        if not self.validate():
            return None
        period = self._period()
        programme = self.programmes.get(self.program.data)
        chosen = Filter(
            unit=self.units.get(self.enhet.data),
            programme=programme,
            sex=SEXES.get(self.kon.data),
            ages=self.ages,
            begun=self.rakna.data == "borjan",
        )
        cut = Cut(self.brytdag.data or min(period.to_on, self._latest_cut_off(programme)), self.known_at)
        wait, step = Wait(self.matt.data or Wait.W3), STEPS[self.steg.data or "manad"]
        self._show(period, cut)
        self.matt.data, self.steg.data = wait.value, WORD_OF_STEP[step]
        return Question(period, cut, chosen, wait, step)

    def _offer(self) -> None:
        """What the lists hold, the word of the address included where it can be read."""
        this_year = clock.today().year
        years = [str(year) for year in range(this_year, this_year - 6, -1)]
        asked = [word for word in (self.ar.data,) if word and word not in years and _year(word)]
        self.ar.choices = offered([(year, year) for year in years + asked])
        self.enhet.choices = offered([("", _("Alla enheter")), *((code, code) for code in self.units)])
        every = [] if self.kind and self.kind.needs_programme else [("", _("Alla program"))]
        self.program.choices = offered([*every, *((code, one.name) for code, one in self.programmes.items())])
        if every == [] and not self.program.data and self.programmes:
            self.program.data = next(iter(self.programmes))
        own = Ages.read(self.alder.data or "")
        groups = [*AGE_GROUPS, *([own] if own and own not in AGE_GROUPS else [])]
        self.alder.choices = offered(
            [("", _("Alla åldrar")), *((ages.value, ages.label.capitalize()) for ages in groups)]
        )

    def _period(self) -> Period:
        """The year, or from day to day; a missing end is that of the other's year, and without either this year."""
        if self.ar.data:
            return Period.year(int(self.ar.data))
        from_on, to_on = self.fran.data, self.till.data
        programme = self.programmes.get(self.program.data)
        if not from_on and not to_on and self.kind and self.kind.needs_programme and programme and programme.starts_on:
            return Period(programme.starts_on, programme.ends_on or clock.today())
        year = Period.year((from_on or to_on or clock.today()).year)
        return Period(from_on or year.from_on, to_on or year.to_on)

    def _latest_cut_off(self, programme: Programme | None) -> date:
        """Today; for a programme the last whole month, since a month counts when it has ended."""
        today = clock.today()
        return report_day(today) if self.kind and self.kind.needs_programme and programme else today

    def _show(self, period: Period, cut: Cut) -> None:
        """Let the bar say what was understood, also what the address left out."""
        self.ar.data = str(period.from_on.year)
        for field, day in ((self.fran, period.from_on), (self.till, period.to_on), (self.brytdag, cut.as_of)):
            field.data, field.raw_data = day, None
        self.kant.data = wall_clock(cut.known_at) if cut.known_at else ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Read every field, and then what they say together."""
        valid = super().validate(extra_validators)
        for name, ask in ASKS.items():
            if self.kind and self[name].raw_data and ask not in self.kind.asks:
                self.refuse(
                    self[name], _("Rapporten kan inte visas efter %(filter)s.", filter=self[name].label.text.lower())
                )
                valid = False
        return valid and self._validate_together()

    def _validate_together(self) -> bool:
        period = self._period()
        if period.from_on > period.to_on:
            self.refuse(self.till, _("Periodens sista dag ligger före den första. Välj en senare dag."))
        if self.kind and self.kind.whole_years and period != Period.year(period.from_on.year):
            self.refuse(self.ar, _("Rapporten gäller ett kalenderår. Välj ett år."))
        if self.kind and self.kind.needs_programme and self.program.data not in self.programmes:
            self.refuse(self.program, _("Rapporten gäller ett program. Lägg in ett program först."))
        return not self.errors

    def refuse(self, field: Field, sentence: str) -> None:
        """Let the field say what to write instead."""
        field.errors = [*field.errors, sentence]

    def validate_ar(self, field: Field) -> None:
        if field.data and not _year(field.data):
            raise ValidationError(_("Skriv året som fyra siffror, %(first)s–%(last)s.", first=YEARS[0], last=YEARS[-1]))

    def validate_fran(self, field: Field) -> None:
        _within_years(field.data)

    def validate_till(self, field: Field) -> None:
        _within_years(field.data)

    def validate_brytdag(self, field: Field) -> None:
        _within_years(field.data)
        if field.data and field.data > clock.today():
            raise ValidationError(_("Brytdagen kan inte ligga framåt i tiden. Välj senast %(day)s.", day=clock.today()))

    def validate_kant(self, field: Field) -> None:
        if not field.data:
            return
        self.known_at = read_instant(field.data)
        if self.known_at is None:
            raise ValidationError(_("Skriv tidpunkten som ÅÅÅÅ-MM-DD TT:MM, svensk tid."))
        if self.known_at > clock.now():
            raise ValidationError(_("Tidpunkten ligger framåt i tiden. Lämna fältet tomt för det som är känt nu."))

    def validate_enhet(self, field: Field) -> None:
        if field.data and field.data not in self.units:
            raise ValidationError(_("Enheten %(unit)s finns inte. Välj en i listan.", unit=field.data))

    def validate_program(self, field: Field) -> None:
        if field.data and field.data not in self.programmes:
            raise ValidationError(_("Programmet %(programme)s finns inte. Välj ett i listan.", programme=field.data))

    def validate_kon(self, field: Field) -> None:
        _one_of(field, SEXES)

    def validate_alder(self, field: Field) -> None:
        self.ages = Ages.read(field.data or "")
        if field.data and self.ages is None:
            raise ValidationError(
                _("Åldrarna %(ages)s går inte att läsa. Skriv dem som 25-59, -24 eller 60-.", ages=field.data)
            )

    def validate_rakna(self, field: Field) -> None:
        _one_of(field, ("borjan",))

    def validate_matt(self, field: Field) -> None:
        _one_of(field, tuple(Wait))

    def validate_steg(self, field: Field) -> None:
        _one_of(field, STEPS)


def read_selection(args: Mapping[str, str]) -> tuple[QuestionForm, Selection | None]:
    """What `Selection.address` wrote. None where a word cannot be read; the form says why."""
    # In the address of a figure `matt` names the measure, which is no field of the bar.
    form = QuestionForm({name: word for name, word in args.items() if name != "matt"})
    question = form.read()
    within = read_period(args["inom"]) if args.get("inom") else None
    if args.get("inom") and within is None:
        form.refuse(form.fran, _("Dagarna inom perioden går inte att läsa. Skriv dem som 2020-01-01..2020-01-31."))
    if question is None or form.errors:
        return form, None
    return form, Selection(question.period, question.cut, question.chosen, args.get("del", ""), within)


class Registers:
    """Units and programmes by code, read once."""

    def __init__(self) -> None:
        self.units = {unit.code: unit for unit in list_all_units()}
        self.programmes = {programme.code: programme for programme in list_programmes()}


def selection_of(address: Mapping[str, str], registers: Registers) -> Selection | None:
    """The selection that `Selection.address` wrote, for the many figures of a kept report; nothing is checked. None:
    its unit or programme has another code today."""
    unit, programme = (
        registers.units.get(address.get("enhet", "")),
        registers.programmes.get(address.get("program", "")),
    )
    if ("enhet" in address and not unit) or ("program" in address and not programme):
        return None
    known_at = datetime.fromisoformat(address["kant"]) if "kant" in address else None
    return Selection(
        Period(date.fromisoformat(address["fran"]), date.fromisoformat(address["till"])),
        Cut(date.fromisoformat(address["brytdag"]), known_at),
        Filter(
            unit, programme, SEXES.get(address.get("kon", "")), Ages.read(address.get("alder", "")), "rakna" in address
        ),
        address.get("del", ""),
        read_period(address.get("inom", "")),
    )


def address_of(question: Question, kind: ReportKind) -> dict[str, str]:
    """The words with which an address asks the question; `QuestionForm.read` is the way back."""
    address = Selection(question.period, question.cut, question.chosen).address()
    more = {"wait": ("matt", question.wait.value), "step": ("steg", WORD_OF_STEP[question.step])}
    unused = {name for name, ask in ASKS.items() if ask not in kind.asks}
    address |= dict(pair for ask, pair in more.items() if ask in kind.asks)
    return {name: word for name, word in address.items() if name not in unused}


def read_instant(text: str) -> datetime | None:
    """The instant: Stockholm time unless the text names another offset; a day alone means its end."""
    try:
        # In an address that somebody wrote by hand a plus has become a space.
        given = datetime.fromisoformat(text.replace(" 00:00", "+00:00") if "T" in text else text)
    except ValueError:
        return None
    if given.year not in YEARS:
        return None
    if len(text) == len("2020-12-01"):
        given = datetime.combine(given, time.max)
    return given if given.tzinfo else given.replace(tzinfo=clock.STOCKHOLM)


def wall_clock(instant: datetime) -> str:
    """The instant as the field shows it: Stockholm time, with the offset in the hour that autumn has twice."""
    local = clock.local(instant)
    text = local.replace(tzinfo=None).isoformat(sep=" ")
    return text if read_instant(text) == instant else local.isoformat(sep=" ")


def _year(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdecimal() and len(word) == 4 and int(word) in YEARS else None


def _within_years(day: date | None) -> None:
    if day and day.year not in YEARS:
        raise ValidationError(_("Välj en dag mellan %(first)s och %(last)s.", first=YEARS[0], last=YEARS[-1]))


def _one_of(field: Field, words: Mapping[str, object] | tuple[str, ...]) -> None:
    if field.data and field.data not in words:
        raise ValidationError(_("%(word)s finns inte att välja. Välj ett av alternativen i listan.", word=field.data))
