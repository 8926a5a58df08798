"""E1 in sentences that somebody who has never heard of a p value understands, with the test in brackets."""

from __future__ import annotations

from caseflow.cases.terms import PlacementKind
from caseflow.measures.equality import LEAST_IN_GROUP, Comparison, Equality, Group, Method, Subject, Verdict
from caseflow.measures.rules import Wait
from caseflow.measures.statistics import LEAST_EXPECTED, SIGNIFICANT, Effect
from caseflow.web.formatting import procent, tal

# What is waited for, after "väntar på".
_AWAITED = {
    Wait.W1: "beslut",
    Wait.W2: "beslut",
    Wait.W3: "första mötet",
    Wait.W4: "en placering",
    Wait.W5: "en anställning",
    Wait.W6: "arbete eller studier",
    Wait.W7: "att hushållet lämnar stödet",
}
_LABELS = {
    Subject.WORK_OR_STUDIES: "Avslut till arbete eller studier",
    Subject.WORK: "Avslut till arbete",
    Subject.STUDIES: "Avslut till studier",
    Subject.ALL_EXITS: "Avslutens fördelning",
    Subject.ALL_PLACEMENTS: "Placeringarnas fördelning",
} | {Subject(f"placements.{kind}"): kind.label for kind in PlacementKind}
# What the shares are of, and what they reached: "58 % av kvinnornas avslut och 61 % av männens gick till arbete".
_SHARES = {
    Subject.WORK_OR_STUDIES: ("avslut", "gick till arbete eller studier"),
    Subject.WORK: ("avslut", "gick till arbete"),
    Subject.STUDIES: ("avslut", "gick till studier"),
} | {Subject(f"placements.{kind}"): ("första placeringar", f"var {kind.word}") for kind in PlacementKind}
_SPREADS = {
    Subject.ALL_EXITS: "avslut fördelar sig på arbete, studier och annat",
    Subject.ALL_PLACEMENTS: "första placeringar fördelar sig på olika slag",
}


def label_of(one: Comparison) -> str:
    """What is compared, and where: "Anvisning till första möte, AMC"."""
    label = one.subject.label if isinstance(one.subject, Wait) else _LABELS[one.subject]
    return f"{label}, {one.unit.code}" if one.unit else label


def sentence(one: Comparison, tests: int) -> str:
    """The comparison in one or two sentences. `tests`: how many were made in all."""
    if one.verdict is Verdict.TOO_FEW:
        return _too_few(one)
    if one.method is Method.CHI_SQUARE:
        return f"Skillnaden i hur kvinnors och mäns {_SPREADS[Subject(one.subject)]} {_verdict(one, tests)}."
    told, difference = _told_wait(one) if isinstance(one.subject, Wait) else _told_share(one)
    return f"{told} {difference} {_verdict(one, tests)}."


def _verdict(one: Comparison, tests: int) -> str:
    assert one.p is not None
    assert one.p_adjusted is not None
    many = " när så många jämförelser görs" if one.verdict is Verdict.CHANCE and one.p < SIGNIFICANT else ""
    adjusted = f"justerat för {tests} jämförelser {p_words(one.p_adjusted)}" if tests > 1 else "enda jämförelsen"
    return f"{one.verdict}{many} ({one.method}, {p_words(one.p)}; {adjusted})"


def p_words(p: float) -> str:
    """p = 0,31; with three decimals where they matter."""
    return "p < 0,001" if p < 0.001 else f"p = {tal(p, 2 if p >= 0.1 else 3)}"


def _told_wait(one: Comparison) -> tuple[str, str]:
    wait = Wait(one.subject)
    awaited, women, men = _AWAITED[wait], one.women.median, one.men.median
    if women is None and men is None:
        return f"Färre än hälften av både kvinnorna och männen har nått fram till {awaited}.", "Skillnaden"
    if women is None:
        return (
            f"Män väntar i median {_length(men, wait)} på {awaited}; av kvinnorna har färre än hälften nått fram.",
            "Skillnaden",
        )
    if men is None:
        return (
            f"Kvinnor väntar i median {_length(women, wait)} på {awaited}; av männen har färre än hälften nått fram.",
            "Skillnaden",
        )
    if women == men:
        same = f"Kvinnor och män väntar i median lika länge på {awaited}, {_length(women, wait)}."
        return same, "Skillnaden i hur väntetiderna i övrigt fördelar sig"
    return f"Kvinnor väntar i median {_length(women, wait)} och män {tal(men)} på {awaited}.", "Skillnaden"


def _length(length: int | None, wait: Wait) -> str:
    one = "månad" if wait is Wait.W7 else "dag"
    return f"1 {one}" if length == 1 else f"{tal(length)} {wait.unit_label}"


def _told_share(one: Comparison) -> tuple[str, str]:
    of, reached = _SHARES[Subject(one.subject)]
    women, men = procent(one.women.share), procent(one.men.share)
    if women == men:
        return f"{women} av både kvinnornas och männens {of} {reached}.", "Skillnaden i decimaler"
    return f"{women} av kvinnornas {of} och {men} av männens {reached}.", "Skillnaden"


def _too_few(one: Comparison) -> str:
    women, men = _people(one.women, "kvinna", "kvinnor"), _people(one.men, "man", "män")
    if isinstance(one.subject, Wait):
        rule = f"minst {LEAST_EXPECTED} av varje skulle behöva ha väntat färdigt om det vore lika"
    elif one.method is Method.CHI_SQUARE:
        rule = f"chi-två-testet kräver minst {LEAST_EXPECTED} att vänta av varje slag och kön"
    elif min(one.women.n, one.men.n) < LEAST_IN_GROUP:
        rule = f"minst {LEAST_IN_GROUP} av varje behövs"
    else:
        return f"Inget att pröva: {women} och {men}, och för alla gick det likadant."
    return f"För få för att pröva: {women} och {men}; {rule}."


def _people(group: Group, one: str, many: str) -> str:
    return f"{tal(group.n)} {one if group.n == 1 else many}"


def effect_sentence(one: Comparison) -> str:
    """How large the difference may be: what a test that finds nothing does not rule out."""
    if one.association is not None:
        return f"Sambandets styrka (Cramérs V) är {tal(one.association, 2)}, där 0 är lika och 1 så olika som möjligt."
    if one.effect is None:
        return ""
    told = _rate(one.effect) if isinstance(one.subject, Wait) else _gap(one.effect)
    caution = (
        "" if one.verdict is Verdict.SIGNIFICANT else " Att skillnaden kan bero på slumpen visar inte att det är lika."
    )
    return told + caution


def _rate(effect: Effect) -> str:
    value, low, high = (tal(each, 2) for each in (effect.value, effect.low, effect.high))
    return f"Kvinnors väntan tar slut {value} gånger så ofta som mäns (95 %: {low} till {high})."


def _gap(effect: Effect) -> str:
    value, low, high = (_points(each) for each in (effect.value, effect.low, effect.high))
    return f"Kvinnornas andel är {value} än männens, i procentenheter (95 %: från {low} till {high})."


def _points(gap: float) -> str:
    return f"{tal(abs(gap) * 100, 1)} {'lägre' if gap < 0 else 'högre'}"


def summary(found: Equality) -> list[str]:
    """The whole in a few sentences."""
    tests, before = len(found.tested), len(found.significant_before)
    if not tests:
        return ["Ingen jämförelse mellan kvinnor och män kan göras: för få i alla grupper."]
    said = [_all_in_all(found, tests)]
    if before > len(found.significant):
        said.append(
            f"{before} av jämförelserna hade p under 0,05 var för sig. Av {tests} väntas ungefär "
            f"{tal(tests * SIGNIFICANT, 1)} ha det av ren slump; därför justeras för antalet jämförelser (Holm)."
        )
    if found.too_few:
        few = len(found.too_few)
        said.append(f"{few} {'jämförelse' if few == 1 else 'jämförelser'} kunde inte göras: för få kvinnor eller män.")
    said.append(
        "Att en skillnad inte är statistiskt säkerställd bevisar inte att kvinnor och män behandlas lika. Intervallen "
        "visar hur stora skillnader som fortfarande är möjliga."
    )
    return said


def _all_in_all(found: Equality, tests: int) -> str:
    made = f"{tests} jämförelser mellan kvinnor och män är gjorda" if tests > 1 else "En jämförelse är gjord"
    significant = found.significant
    if not significant:
        return f"{made}. Ingen skillnad är statistiskt säkerställd."
    listed = "; ".join(label_of(one) for one in significant)
    are = "skillnader är statistiskt säkerställda" if len(significant) > 1 else "skillnad är statistiskt säkerställd"
    return f"{made}. {len(significant)} {are}: {listed}."
