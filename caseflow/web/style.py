"""The living style page: every component in every state, from the templates that the pages themselves use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from flask import render_template
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from caseflow.core.language import _, _l
from caseflow.security.guard import requires
from caseflow.security.permissions import Permission
from caseflow.web.forms import Form, offered
from caseflow.web.health import bp

STAGES = (
    (_l("Anvisad"), "referred"),
    (_l("Kartläggning"), "assessment"),
    (_l("Praktik"), "placement"),
    (_l("Arbetsmarknadsanställning"), "employment"),
    (_l("Avslut arbete"), "exit-work"),
    (_l("Avslut studier"), "exit-studies"),
    (_l("Avslut övrigt"), "exit-other"),
)
TOKENS = (
    *("bg", "bg-2", "bg-3", "line", "line-2", "ink", "ink-2", "ink-3", "rule", "accent", "accent-2", "on-accent"),
    *(f"stage-{name}" for _label, name in STAGES),
    *("late", "late-ink", "goal-met", "goal-part", "goal-not", "goal-na"),
)
KINDS = [("internship", _l("Praktik")), ("training", _l("Arbetsträning"))]
DAYS = (date(2020, 6, 11), date(2020, 6, 25), date(2020, 9, 7))


@dataclass(frozen=True)
class Stage:
    """A stage as the macros read it."""

    label: str
    css: str
    glyph: str


@dataclass(frozen=True)
class Job:
    """A row of the job table as the progress macro reads it."""

    id: int
    status: str
    done_n: int = 0
    total_n: int | None = None
    progress_text: str = ""


class SampleForm(Form):
    """One field of each kind."""

    workplace = StringField(_l("Arbetsplats"), [InputRequired(_l("Skriv arbetsplatsens namn"))])
    begins_on = DateField(_l("Börjar"), [InputRequired()], description=_l("Första dagen på arbetsplatsen."))
    kind = RadioField(_l("Slag"), [InputRequired(_l("Välj ett slag"))], choices=offered(KINDS))
    extent = SelectField(_l("Omfattning"), choices=offered([("", _l("Välj")), ("75", "75 %")]), validators=[Optional()])
    note = TextAreaField(_l("Anteckning"), [Optional()])
    interpreter = BooleanField(_l("Tolk behövs"))


@bp.get("/stil")
@requires(Permission.ADMINISTER)
def style_page() -> str:
    """Every component in every state."""
    stages = [Stage(str(label), f"st-{name}", f"g-{name}") for label, name in STAGES]
    wrong = SampleForm(MultiDict({"begins_on": "i morgon"}), meta={"csrf": False}, prefix="wrong-")
    wrong.validate()
    return render_template(
        "style/style_page.html",
        tokens=TOKENS,
        stages=stages,
        form=SampleForm(MultiDict(), meta={"csrf": False}),
        wrong=wrong,
        jobs=_jobs(),
        steps=_steps(stages),
        events=_events(stages),
        areas=_areas(),
        samples=_charts(),
    )


def _jobs() -> list[Job]:
    return [
        Job(1, "queued"),
        Job(2, "running", 430, 1000, _("Räknar väntetider")),
        Job(3, "done", 1000, 1000),
        Job(4, "dead"),
    ]


def _steps(stages: list[Stage]) -> list[dict[str, Any]]:
    """A track with a finished step, one over its target, one that goes on and one that is to come."""
    rows = (
        ("done", DAYS[0], 14, 14),
        ("done", DAYS[1], 74, 45),
        ("open", DAYS[2], 85, 180),
        ("next", None, None, None),
    )
    return [
        {"label": stage.label, "on": on, "note": None, "css": stage.css, "glyph": stage.glyph, "state": state}
        | {"gap_days": gap, "gap_target": target}
        for stage, (state, on, gap, target) in zip(stages, rows, strict=False)
    ]


def _events(stages: list[Stage]) -> list[dict[str, Any]]:
    """An ordinary event, a corrected one and a voided one."""
    by = _("Karin Lindqvist")
    fix = _("Rättad 2020-09-09 av %(by)s. Skäl: fel datum.", by=by)
    plain = {"was_on": None, "text": None, "by": by, "css": "", "glyph": None, "voided": False, "fix": None}
    placement = stages[2]
    return [
        plain
        | {"on": DAYS[2], "title": _("Praktik påbörjad"), "css": placement.css, "glyph": placement.glyph}
        | {"was_on": date(2020, 9, 2), "fix": fix, "actions": [(_("Rätta"), "#tidslinje")]},
        plain | {"on": DAYS[1], "title": _("Anteckning"), "text": _("Vill arbeta i kök."), "actions": []},
        plain | {"on": DAYS[0], "title": _("Första möte"), "voided": True, "fix": fix, "actions": []},
    ]


def _areas() -> list[dict[str, Any]]:
    """Areas raised, lowered, unchanged and unknown."""
    names = (_("Motivation och mål"), _("Hälsa och ork"), _("Samarbete"), _("Digital vana"))
    values = ((2, 4), (4, 3), (3, 3), (None, None))
    return [{"label": name, "baseline": then, "latest": now} for name, (then, now) in zip(names, values, strict=True)]


def _charts() -> list[dict[str, Any]]:
    """Data for every kind of chart that charts.js draws, made up."""
    curve = [
        (0, 1.0, 1.0, 1.0),
        (7, 0.8, 0.74, 0.86),
        (14, 0.5, 0.43, 0.57),
        (28, 0.2, 0.15, 0.26),
        (42, 0.05, 0.02, 0.1),
    ]
    falling = [(day, share) for day, share, *_band in curve]
    weeks = [str(week) for week in range(20, 32)]
    means = [14, 16, 13, 15, 17, 14, 31, 15, 13, 14, 16, 15]
    moves = [None, *(abs(b - a) for a, b in pairwise(means))]
    links = [
        (_("Anvisning"), _("Kartläggning"), 90),
        (_("Kartläggning"), _("Praktik"), 60),
        (_("Praktik"), _("Arbete"), 25),
    ]
    series = [
        {"name": _("Kvinnor"), "points": [("2018", 23), ("2019", 20), ("2020", 16)], "dashed": False},
        {"name": _("Män"), "points": [("2018", 22), ("2019", 19), ("2020", 17)], "dashed": True},
    ]
    any_report = {"series": series, "x_name": _("År"), "y_name": _("Dagar")}
    limits = {"cl": 15.3, "ucl": 26.0, "lcl": 4.6, "mrb": 4.0, "url": 13.1, "run": None}
    days = {"unit": _("dagar"), "point": _("Dag"), "x_name": _("Dagar sedan anvisning"), "in_months": False}
    by_week = {
        "x_name": _("Vecka då väntan tog slut"),
        "y_name": _("Medelväntan, %(unit)s", unit=_("dagar")),
        "unit": _("dagar"),
        "step": _("Vecka"),
        "mark": _("v."),
        "change": _("Ändring mot veckan före"),
    }
    return [
        {"kind": "hist", "data": {"bins": [(0, 7, 12), (7, 14, 20), (14, 21, 6)], "target": 14, "max": 28, **days}},
        {"kind": "km", "data": {"curve": curve, "cens": [(21, 0.35, 1)], "med": 14, "max": 42, **days}},
        {"kind": "km2", "data": {"K": falling, "M": [(day, share * 0.9) for day, share in falling], "max": 42, **days}},
        {"kind": "xmr", "data": {"labels": weeks, "x": means, "mr": moves, **limits, **by_week}},
        {"kind": "sankey", "data": {"links": links}},
        {"kind": "savings", "data": {"from": [2019, 11], "acc": [9000, 21000, 40000, 65000], "split": 2, "marks": {}}},
        {"kind": "payments", "data": {"months": [(2020, 9), (2020, 10)], "paid": [13500, None], "mean": 13000}},
        *({"kind": kind, "data": any_report} for kind in ("line", "step", "bars", "control")),
    ]
