"""What the page of lead times says of its charts, in words."""

from __future__ import annotations

from typing import Any

from caseflow.core.language import _, _n
from caseflow.measures.rules import Wait
from caseflow.measures.wait_figures import WaitFigures
from caseflow.web.formatting import procent, tal


def histogram_caption(wait: Wait, figures: WaitFigures, drawn: dict[str, Any], *, begun: bool) -> str:
    """How many waits there are, and how they stand to the target. `drawn`: what the chart draws."""
    unit, n, values = wait.unit_label, figures.n, {"n": tal(figures.n)}
    if begun:
        said = [_n("%(n)s väntetid som började i perioden.", "%(n)s väntetider som började i perioden.", n, **values)]
    else:
        said = [_n("%(n)s väntetid som tog slut i perioden.", "%(n)s väntetider som tog slut i perioden.", n, **values)]
    if figures.target_days is not None:
        share, target = procent(figures.share_within_target), tal(figures.target_days)
        said.append(_("%(share)s inom %(target)s %(unit)s.", share=share, target=target, unit=unit))
    said.append(_("Nio av tio var klara efter %(length)s %(unit)s.", length=tal(figures.p90_days), unit=unit))
    if drawn["beyond"]:
        said.append(
            _n(
                "%(num)s väntetid över %(last)s %(unit)s visas inte.",
                "%(num)s väntetider över %(last)s %(unit)s visas inte.",
                drawn["beyond"],
                last=drawn["max"],
                unit=unit,
            )
        )
    return " ".join(said)


def histogram_label(wait: Wait, figures: WaitFigures) -> str:
    """What the chart of finished waits shows, for those who do not see it."""
    return _(
        "Fördelning av %(n)s väntetider, median %(median)s %(unit)s.",
        n=tal(figures.n),
        median=tal(figures.median_days),
        unit=wait.unit_label,
    )


def curve_caption(wait: Wait, figures: WaitFigures) -> str:
    """How many began, how many of them are not known to have ended, and the median with its interval."""
    cut_off = tal(sum(step.censored for step in figures.survival.steps))
    begun = _n(
        "%(n)s väntetid som började i perioden, %(cut_off)s utan känt slut (lodräta streck).",
        "%(n)s väntetider som började i perioden, %(cut_off)s utan känt slut (lodräta streck).",
        figures.begun_n,
        n=tal(figures.begun_n),
        cut_off=cut_off,
    )
    return f"{begun} {_median_words(wait, figures)}"


def _median_words(wait: Wait, figures: WaitFigures) -> str:
    values = {
        "median": tal(figures.km_median_days),
        "low": tal(figures.km_low),
        "high": tal(figures.km_high),
        "unit": wait.unit_label,
    }
    if figures.km_median_days is None:
        return _("Medianen är inte nådd: mer än hälften väntar (Kaplan–Meier).")
    if figures.km_low is None:
        return _("Median %(median)s %(unit)s (Kaplan–Meier).", **values)
    if figures.km_high is None:
        return _("Median %(median)s %(unit)s, 95 %%-intervall minst %(low)s (Kaplan–Meier).", **values)
    return _("Median %(median)s %(unit)s, 95 %%-intervall %(low)s–%(high)s (Kaplan–Meier).", **values)


def curve_label(wait: Wait, figures: WaitFigures) -> str:
    """What the Kaplan–Meier curve shows, for those who do not see it."""
    if figures.km_median_days is None:
        return _("Kaplan–Meier-kurva. Mer än hälften väntar fortfarande.")
    return _(
        "Kaplan–Meier-kurva. Hälften har väntat färdigt efter %(median)s %(unit)s.",
        median=tal(figures.km_median_days),
        unit=wait.unit_label,
    )


def two_curves_caption(wait: Wait, women: WaitFigures, men: WaitFigures) -> str:
    """What the curves of women and men show: where half of each had stopped waiting."""
    if women.km_median_days is None or men.km_median_days is None:
        return _(
            "Den grupp vars kurva ligger överst väntar längst. "
            "Mer än hälften av kvinnorna eller männen väntar fortfarande."
        )
    return _(
        "Den grupp vars kurva ligger överst väntar längst. "
        "Hälften av kvinnorna hade väntat färdigt efter %(women)s %(unit)s, hälften av männen efter %(men)s.",
        women=tal(women.km_median_days),
        men=tal(men.km_median_days),
        unit=wait.unit_label,
    )


def sex_key(figures: WaitFigures) -> str:
    """What stands beside women or men in the key of their curves."""
    said = _n("%(n)s väntetid", "%(n)s väntetider", figures.begun_n, n=tal(figures.begun_n))
    if figures.km_median_days is None:
        return said
    return _("%(waits)s, median %(median)s", waits=said, median=tal(figures.km_median_days))
