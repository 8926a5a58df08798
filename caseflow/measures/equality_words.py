"""E1 in sentences that somebody who has never heard of a p value understands, with the test in brackets."""

from __future__ import annotations

from caseflow.cases.terms import PlacementKind
from caseflow.core.language import _, _l, _n
from caseflow.measures.equality import LEAST_IN_GROUP, Comparison, Equality, Method, Subject, Verdict
from caseflow.measures.rules import Wait
from caseflow.measures.statistics import LEAST_EXPECTED, SIGNIFICANT, Effect
from caseflow.web.formatting import procent, tal

# What is waited for, after "väntar på".
_AWAITED = {
    Wait.W1: _l("beslut"),
    Wait.W2: _l("beslut"),
    Wait.W3: _l("första mötet"),
    Wait.W4: _l("en placering"),
    Wait.W5: _l("en anställning"),
    Wait.W6: _l("arbete eller studier"),
    Wait.W7: _l("att hushållet lämnar stödet"),
}
_LABELS = {
    Subject.WORK_OR_STUDIES: _l("Avslut till arbete eller studier"),
    Subject.WORK: _l("Avslut till arbete"),
    Subject.STUDIES: _l("Avslut till studier"),
    Subject.ALL_EXITS: _l("Avslutens fördelning"),
    Subject.ALL_PLACEMENTS: _l("Placeringarnas fördelning"),
}
# What the shares are of, and what they reached: "58 % av kvinnornas avslut och 61 % av männens gick till arbete".
_REACHED = {
    Subject.WORK_OR_STUDIES: _l("gick till arbete eller studier"),
    Subject.WORK: _l("gick till arbete"),
    Subject.STUDIES: _l("gick till studier"),
}


def _kind(subject: Subject) -> PlacementKind:
    """The kind of placement that a subject of placements is about."""
    return PlacementKind(subject.partition(".")[2])


def label_of(one: Comparison) -> str:
    """What is compared, and where: "Anvisning till första möte, AMC"."""
    if isinstance(one.subject, Wait):
        label = one.subject.label
    elif one.subject in _LABELS:
        label = str(_LABELS[one.subject])
    else:
        label = _kind(one.subject).label
    return f"{label}, {one.unit.code}" if one.unit else label


def sentence(one: Comparison, tests: int) -> str:
    """The comparison in one or two sentences. `tests`: how many were made in all."""
    if one.verdict is Verdict.TOO_FEW:
        return _too_few(one)
    if one.subject is Subject.ALL_EXITS:
        told, difference = "", _("Skillnaden i hur kvinnors och mäns avslut fördelar sig på arbete, studier och annat")
    elif one.subject is Subject.ALL_PLACEMENTS:
        told, difference = "", _("Skillnaden i hur kvinnors och mäns första placeringar fördelar sig på olika slag")
    else:
        told, difference = _told_wait(one) if isinstance(one.subject, Wait) else _told_share(one)
    return f"{told} {_judged(one, difference, tests)}".strip()


def _judged(one: Comparison, difference: str, tests: int) -> str:
    assert one.p is not None
    assert one.p_adjusted is not None
    verdict, p, p_adjusted = one.verdict.label, p_words(one.p), p_words(one.p_adjusted)
    if one.verdict is Verdict.CHANCE and one.p < SIGNIFICANT:
        verdict = _("%(verdict)s när så många jämförelser görs", verdict=verdict)
    adjusted = (
        _("justerat för %(tests)s jämförelser %(p)s", tests=tests, p=p_adjusted) if tests > 1 else _("enda jämförelsen")
    )
    return _(
        "%(difference)s %(verdict)s (%(method)s, %(p)s; %(adjusted)s).",
        difference=difference,
        verdict=verdict,
        method=one.method.label,
        p=p,
        adjusted=adjusted,
    )


def p_words(p: float) -> str:
    """p = 0,31; with three decimals where they matter."""
    return f"p < {tal(0.001, 3)}" if p < 0.001 else f"p = {tal(p, 2 if p >= 0.1 else 3)}"


def _told_wait(one: Comparison) -> tuple[str, str]:
    wait = Wait(one.subject)
    awaited, women, men = _AWAITED[wait], one.women.median, one.men.median
    values = {"awaited": awaited, "women": _length(women, wait), "men": _length(men, wait)}
    difference = _("Skillnaden")
    if women is None and men is None:
        return _("Färre än hälften av både kvinnorna och männen har nått fram till %(awaited)s.", **values), difference
    if women is None:
        text = _("Män väntar i median %(men)s på %(awaited)s; av kvinnorna har färre än hälften nått fram.", **values)
        return text, difference
    if men is None:
        text = _(
            "Kvinnor väntar i median %(women)s på %(awaited)s; av männen har färre än hälften nått fram.", **values
        )
        return text, difference
    if women == men:
        same = _("Kvinnor och män väntar i median lika länge på %(awaited)s, %(women)s.", **values)
        return same, _("Skillnaden i hur väntetiderna i övrigt fördelar sig")
    values["men"] = tal(men)
    return _("Kvinnor väntar i median %(women)s och män %(men)s på %(awaited)s.", **values), difference


def _length(length: int | None, wait: Wait) -> str:
    if length == 1:
        return _("1 månad") if wait is Wait.W7 else _("1 dag")
    return f"{tal(length)} {wait.unit_label}"


def _told_share(one: Comparison) -> tuple[str, str]:
    subject = Subject(one.subject)
    women, men = procent(one.women.share), procent(one.men.share)
    alike = women == men
    difference = _("Skillnaden i decimaler") if alike else _("Skillnaden")
    if subject in _REACHED:
        values = {"women": women, "men": men, "reached": _REACHED[subject]}
        if alike:
            return _("%(women)s av både kvinnornas och männens avslut %(reached)s.", **values), difference
        return _("%(women)s av kvinnornas avslut och %(men)s av männens %(reached)s.", **values), difference
    values = {"women": women, "men": men, "kind": _kind(subject).word}
    if alike:
        text = _("%(women)s av både kvinnornas och männens första placeringar var %(kind)s.", **values)
    else:
        text = _("%(women)s av kvinnornas första placeringar och %(men)s av männens var %(kind)s.", **values)
    return text, difference


def _too_few(one: Comparison) -> str:
    women = _n("%(n)s kvinna", "%(n)s kvinnor", one.women.n, n=tal(one.women.n))
    men = _n("%(n)s man", "%(n)s män", one.men.n, n=tal(one.men.n))
    if isinstance(one.subject, Wait):
        rule = _("minst %(least)s av varje skulle behöva ha väntat färdigt om det vore lika", least=LEAST_EXPECTED)
    elif one.method is Method.CHI_SQUARE:
        rule = _("chi-två-testet kräver minst %(least)s att vänta av varje slag och kön", least=LEAST_EXPECTED)
    elif min(one.women.n, one.men.n) < LEAST_IN_GROUP:
        rule = _("minst %(least)s av varje behövs", least=LEAST_IN_GROUP)
    else:
        return _("Inget att pröva: %(women)s och %(men)s, och för alla gick det likadant.", women=women, men=men)
    return _("För få för att pröva: %(women)s och %(men)s; %(rule)s.", women=women, men=men, rule=rule)


def effect_sentence(one: Comparison) -> str:
    """How large the difference may be: what a test that finds nothing does not rule out."""
    if one.association is not None:
        return _(
            "Sambandets styrka (Cramérs V) är %(association)s, där 0 är lika och 1 så olika som möjligt.",
            association=tal(one.association, 2),
        )
    if one.effect is None:
        return ""
    told = _rate(one.effect) if isinstance(one.subject, Wait) else _gap(one.effect)
    if one.verdict is Verdict.SIGNIFICANT:
        return told
    return f"{told} {_('Att skillnaden kan bero på slumpen visar inte att det är lika.')}"


def _rate(effect: Effect) -> str:
    value, low, high = (tal(each, 2) for each in (effect.value, effect.low, effect.high))
    return _(
        "Kvinnors väntan tar slut %(value)s gånger så ofta som mäns (95 %%: %(low)s till %(high)s).",
        value=value,
        low=low,
        high=high,
    )


def _gap(effect: Effect) -> str:
    value, low, high = (_points(each) for each in (effect.value, effect.low, effect.high))
    return _(
        "Kvinnornas andel är %(value)s än männens, i procentenheter (95 %%: från %(low)s till %(high)s).",
        value=value,
        low=low,
        high=high,
    )


def _points(gap: float) -> str:
    points = tal(abs(gap) * 100, 1)
    return _("%(points)s lägre", points=points) if gap < 0 else _("%(points)s högre", points=points)


def summary(found: Equality) -> list[str]:
    """The whole in a few sentences."""
    tests, before = len(found.tested), len(found.significant_before)
    if not tests:
        return [_("Ingen jämförelse mellan kvinnor och män kan göras: för få i alla grupper.")]
    made = _n("En jämförelse är gjord.", "%(num)s jämförelser mellan kvinnor och män är gjorda.", tests)
    said = [f"{made} {_significant(found)}"]
    if before > len(found.significant):
        said.append(
            _(
                "%(before)s av jämförelserna hade p under 0,05 var för sig. Av %(tests)s väntas ungefär %(expected)s "
                "ha det av ren slump; därför justeras för antalet jämförelser (Holm).",
                before=before,
                tests=tests,
                expected=tal(tests * SIGNIFICANT, 1),
            )
        )
    if found.too_few:
        said.append(
            _n(
                "%(num)s jämförelse kunde inte göras: för få kvinnor eller män.",
                "%(num)s jämförelser kunde inte göras: för få kvinnor eller män.",
                len(found.too_few),
            )
        )
    said.append(
        _(
            "Att en skillnad inte är statistiskt säkerställd bevisar inte att kvinnor och män behandlas lika. "
            "Intervallen visar hur stora skillnader som fortfarande är möjliga."
        )
    )
    return said


def _significant(found: Equality) -> str:
    if not found.significant:
        return _("Ingen skillnad är statistiskt säkerställd.")
    return _n(
        "%(num)s skillnad är statistiskt säkerställd: %(which)s.",
        "%(num)s skillnader är statistiskt säkerställda: %(which)s.",
        len(found.significant),
        which="; ".join(label_of(one) for one in found.significant),
    )
