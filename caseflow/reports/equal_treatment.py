"""The report of equal treatment (E1): women and men compared, with how sure each difference is and how large."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from caseflow.cases.terms import PlacementKind
from caseflow.core.language import _, _l
from caseflow.core.personnummer import Sex
from caseflow.measures.equality import Comparison, Equality, Group, Method, Subject, compare
from caseflow.measures.equality_words import effect_sentence, label_of, sentence, summary
from caseflow.measures.registry import get_measure
from caseflow.measures.rules import Wait
from caseflow.measures.selection import Selection
from caseflow.measures.wait_measures import BEGUN, FINISHED, UNFINISHED
from caseflow.reports.asked import definitions_of, facts_of, selection_of, sex_label
from caseflow.reports.document import Addition, Cell, Column, Definition, Document, Kind, Row, Table, Trace
from caseflow.reports.equal_curves import curves
from caseflow.reports.question import Question, ReportKind
from caseflow.reports.wording import goal_words

PLACED, EXITS = "E1.placements", "E1.exits"
# The measure and part that count the hits of a share, and those that count all of it.
_HITS = {
    Subject.WORK_OR_STUDIES: ("F2", ""),
    Subject.WORK: ("F2", "work"),
    Subject.STUDIES: ("F2", "studies"),
} | {Subject(f"placements.{kind}"): (PLACED, kind.value) for kind in PlacementKind}
_PLACEMENT_KINDS = tuple(Subject(f"placements.{kind}") for kind in PlacementKind)
_SIDES = (("women", Sex.WOMAN), ("men", Sex.MAN))


def _sides() -> list[tuple[str, str]]:
    return [(key, sex_label(sex)) for key, sex in _SIDES]


@dataclass(frozen=True)
class _Asked:
    """What is counted, and what was found."""

    selection: Selection
    found: Equality

    def counted(self, n: int, one: Comparison, sex: Sex, measure: str, part: str) -> Cell:
        return Cell(n, n, Trace(measure, self.selection.only(sex=sex, unit=one.unit, part=part)))

    def told(self, one: Comparison) -> tuple[Cell, ...]:
        """p, adjusted p, what can be said, and how large the difference may be."""
        n = _fewest(one)
        words = (one.verdict.label, sentence(one, len(self.found.tested)), effect_sentence(one))
        return (_p(one.p, n), _p(one.p_adjusted, n), *(Cell(each, n) for each in words))


def _p(p: float | None, n: int) -> Cell:
    """Three decimals cannot tell a very small p from none."""
    return Cell(p, n, note=_("mindre än 0,001") if p is not None and p < 0.001 else "")


def _told_columns() -> tuple[Column, ...]:
    return (
        Column("p", "p", Kind.NUMBER, 3),
        Column("p_adjusted", "p, justerat", Kind.NUMBER, 3),
        Column("verdict", _("Skillnaden")),
        Column("sentence", _("Vad det betyder")),
        Column("effect", _("Hur stor skillnaden kan vara")),
    )


def build(question: Question) -> Document:
    """The report of the question's selection, whatever sex it was asked for: both are compared."""
    selection = selection_of(question)
    selection = replace(selection, chosen=replace(selection.chosen, sex=None, begun=False))
    found = compare(selection)
    asked = _Asked(selection, found)
    return Document(
        key=KIND.key,
        title=str(KIND.title),
        as_of=question.cut.as_of,
        known_at=question.cut.known_at,
        facts=(
            *facts_of(replace(question, chosen=selection.chosen)),
            (_("Nämndens mål"), _("inga signifikanta skillnader: %(goal)s", goal=goal_words(found.goal))),
        ),
        tables=(
            _summary(found),
            _waits(asked),
            _exits(asked),
            _placements(asked),
            _spreads(asked),
            *_of_units(asked),
            *(curves(wait, found.of(wait), selection) for wait in Wait),
        ),
        definitions=(*definitions_of(get_measure(key) for key in ("F2", "F3", EXITS, PLACED)), *_definitions()),
        warnings=tuple(summary(found)),
    )


def _summary(found: Equality) -> Table:
    counts = (
        ("tested", _("Jämförelser gjorda"), found.tested),
        ("significant_before", _("Med p under 0,05, var för sig"), found.significant_before),
        ("significant", _("Statistiskt säkerställda efter justering"), found.significant),
        ("too_few", _("För få för att prövas"), found.too_few),
    )
    rows = [
        Row(key, (Cell(label), Cell(len(ones)), Cell("; ".join(label_of(one) for one in ones) or "–")))
        for key, label, ones in counts
        if key != "tested"
    ]
    return Table(
        "summary",
        _("Sammanfattning"),
        (Column("what", _("Jämförelser")), Column("n", _("Antal"), Kind.COUNT), Column("which", _("Vilka"))),
        (Row("tested", (Cell(counts[0][1]), Cell(len(found.tested)), Cell(_("se tabellerna nedan")))), *rows),
        caption=" ".join(summary(found)),
    )


def _waits(asked: _Asked) -> Table:
    rows = [_wait_row(asked, asked.found.of(wait), wait) for wait in Wait]
    return Table(
        "waits",
        _("Väntetider: kvinnor och män"),
        (Column("wait", _("Ledtid")), *_wait_columns(), *_told_columns()),
        tuple(rows),
        caption=_("Alla som började vänta i perioden; de som väntar än räknas så länge det är känt."),
        notes=(
            _("Medianen är Kaplan–Meiers; uppgift saknas när färre än hälften har väntat färdigt. W7 är i månader."),
            _(
                "Takt: hur många gånger så ofta kvinnors väntan tar slut som mäns, bland dem som väntar samma dag. "
                "Över 1 går det fortare för kvinnor."
            ),
        ),
        additions=_begun(asked.found.of(wait) for wait in Wait),
    )


def _begun(ones: Iterable[Comparison]) -> tuple[Addition, ...]:
    """All that began are those that have waited to the end and those that have not."""
    return tuple(
        Addition((_key(one), f"{side}_n"), ((_key(one), f"{side}_hits"), (_key(one), f"{side}_unfinished")))
        for one in ones
        for side in ("women", "men")
    )


def _wait_columns() -> tuple[Column, ...]:
    return (
        *(Column(f"{key}_n", _("%(label)s, började vänta", label=label), Kind.COUNT) for key, label in _sides()),
        *(Column(f"{key}_hits", _("%(label)s, väntat färdigt", label=label), Kind.COUNT) for key, label in _sides()),
        *(
            Column(f"{key}_unfinished", _("%(label)s, inte färdigt", label=label), Kind.COUNT)
            for key, label in _sides()
        ),
        *(Column(f"{key}_median", _("%(label)s, median", label=label), Kind.NUMBER) for key, label in _sides()),
        Column("ratio", _("Takt, kvinnor mot män"), Kind.NUMBER, 2),
        Column("ratio_low", _("Undre gräns, 95 %"), Kind.NUMBER, 2),
        Column("ratio_high", _("Övre gräns, 95 %"), Kind.NUMBER, 2),
    )


def _wait_row(asked: _Asked, one: Comparison, wait: Wait) -> Row:
    begun = [asked.counted(group.n, one, sex, wait, BEGUN) for group, sex in _both(one)]
    hits = [asked.counted(group.hits or 0, one, sex, wait, FINISHED) for group, sex in _both(one)]
    rest = [asked.counted(group.n - (group.hits or 0), one, sex, wait, UNFINISHED) for group, sex in _both(one)]
    medians = [Cell(group.median, group.n, cell.trace) for (group, _), cell in zip(_both(one), begun, strict=True)]
    effect = one.effect
    ratio = (effect.value, effect.low, effect.high) if effect else (None, None, None)
    cells = (*begun, *hits, *rest, *medians, *(Cell(each, _fewest(one)) for each in ratio), *asked.told(one))
    return Row(_key(one), (Cell(label_of(one) if one.unit else f"{wait}, {wait.label.lower()}"), *cells))


def _exits(asked: _Asked) -> Table:
    subjects = (Subject.WORK_OR_STUDIES, Subject.WORK, Subject.STUDIES)
    good, *kinds = (asked.found.of(subject) for subject in subjects)
    additions = tuple(
        Addition((good.subject, side), tuple((one.subject, side) for one in kinds)) for side in ("women", "men")
    )
    return Table(
        "exits",
        _("Avslut: kvinnor och män"),
        _exit_columns(),
        tuple(_exit_row(asked, one) for one in (good, *kinds)),
        caption=_("Andel av alla avslut i perioden."),
        notes=_share_notes(),
        additions=(*additions, *_whole([good])),
    )


def _placements(asked: _Asked) -> Table:
    rows = [
        Row(_key(one), (Cell(label_of(one)), *_counts(asked, one), *_shares(asked, one, PLACED)))
        for one in (asked.found.of(subject) for subject in _PLACEMENT_KINDS)
    ]
    kinds = [subject.value for subject in _PLACEMENT_KINDS]
    return Table(
        "placements",
        _("Placeringar: kvinnor och män"),
        (Column("placement", _("Första placeringen")), *_count_columns(), *_share_columns(), *_told_columns()),
        tuple(rows),
        caption=_("Deltagare som började en placering i perioden, var och en vid sin första."),
        notes=_share_notes(),
        additions=tuple(
            Addition((kinds[0], f"{side}_of"), tuple((kind, side) for kind in kinds)) for side in ("women", "men")
        ),
    )


def _share_notes() -> tuple[str, ...]:
    return (
        _(
            "Skillnaden är kvinnornas andel minus männens, i procentenheter. Oddskvoten är kvinnornas odds delat med "
            "männens; uppgift saknas där den är oändlig."
        ),
    )


def _count_columns() -> tuple[Column, ...]:
    return tuple(Column(key, _("%(label)s, antal", label=label), Kind.COUNT) for key, label in _sides())


def _share_columns() -> tuple[Column, ...]:
    return (
        *(Column(f"{key}_of", _("%(label)s, av", label=label), Kind.COUNT) for key, label in _sides()),
        *(Column(f"{key}_share", _("%(label)s, andel", label=label), Kind.PERCENT, 1) for key, label in _sides()),
        Column("difference", _("Skillnad, procentenheter"), Kind.NUMBER, 1),
        Column("difference_low", _("Skillnad, undre gräns 95 %"), Kind.NUMBER, 1),
        Column("difference_high", _("Skillnad, övre gräns 95 %"), Kind.NUMBER, 1),
        Column("odds", _("Oddskvot"), Kind.NUMBER, 2),
        Column("odds_low", _("Oddskvot, undre gräns 95 %"), Kind.NUMBER, 2),
        Column("odds_high", _("Oddskvot, övre gräns 95 %"), Kind.NUMBER, 2),
    )


def _exit_columns() -> tuple[Column, ...]:
    return (
        Column("outcome", _("Avslut")),
        *_count_columns(),
        *(Column(f"{key}_neither", _("%(label)s, till annat", label=label), Kind.COUNT) for key, label in _sides()),
        *_share_columns(),
        *_told_columns(),
    )


def _exit_row(asked: _Asked, one: Comparison) -> Row:
    """Beside the outcome stand the exits to neither work nor studies."""
    good = asked.found.of(Subject.WORK_OR_STUDIES, one.unit)
    neither = [asked.counted(group.n - (group.hits or 0), one, sex, "F3", "") for group, sex in _both(good)]
    return Row(_key(one), (Cell(label_of(one)), *_counts(asked, one), *neither, *_shares(asked, one, EXITS)))


def _counts(asked: _Asked, one: Comparison) -> list[Cell]:
    measure, part = _HITS[Subject(one.subject)]
    return [asked.counted(group.hits or 0, one, sex, measure, part) for group, sex in _both(one)]


def _shares(asked: _Asked, one: Comparison, of: str) -> tuple[Cell, ...]:
    all_of = [asked.counted(group.n, one, sex, of, "") for group, sex in _both(one)]
    shares = [_percent(group) for group, _sex in _both(one)]
    gap, odds = one.effect, one.odds
    sizes: list[float | None] = [100 * each for each in (gap.value, gap.low, gap.high)] if gap else [None] * 3
    sizes += [_finite(each) for each in (odds.value, odds.low, odds.high)] if odds else [None] * 3
    return (*all_of, *shares, *(Cell(each, _fewest(one)) for each in sizes), *asked.told(one))


def _both(one: Comparison) -> tuple[tuple[Group, Sex], tuple[Group, Sex]]:
    return (one.women, Sex.WOMAN), (one.men, Sex.MAN)


def _percent(group: Group) -> Cell:
    return Cell(None if group.share is None else 100 * group.share, _smallest(group, Method.FISHER))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _spreads(asked: _Asked) -> Table:
    """How all exits and all placements are spread, also for each unit."""
    whole = (asked.found.of(Subject.ALL_EXITS), asked.found.of(Subject.ALL_PLACEMENTS))
    rows = []
    for one in (*whole, *asked.found.by_unit(Subject.ALL_PLACEMENTS)):
        measure = EXITS if one.subject == Subject.ALL_EXITS else PLACED
        n = [asked.counted(group.n, one, sex, measure, "") for group, sex in _both(one)]
        rows.append(Row(_key(one), (Cell(label_of(one)), *n, Cell(one.association, _fewest(one)), *asked.told(one))))
    return Table(
        "spreads",
        _("Fördelningar: kvinnor och män"),
        (
            Column("what", _("Vad som fördelas")),
            *_count_columns(),
            Column("association", _("Sambandets styrka (Cramérs V)"), Kind.NUMBER, 2),
            *_told_columns(),
        ),
        tuple(rows),
        caption=_("Alla slag prövas på en gång: arbete, studier och annat; de fyra slagen av placering."),
    )


def _of_units(asked: _Asked) -> Iterable[Table]:
    """The same for each unit, where there are several."""
    nobody = _("Enheter utan någon att jämföra står inte med.")
    if waits := asked.found.by_unit(*Wait):
        columns = (Column("wait", _("Ledtid")), *_wait_columns(), *_told_columns())
        rows = tuple(_wait_row(asked, one, Wait(one.subject)) for one in waits)
        yield Table("unit_waits", _("Väntetider per enhet"), columns, rows, nobody, additions=_begun(waits))
    if goods := asked.found.by_unit(Subject.WORK_OR_STUDIES):
        rows = tuple(_exit_row(asked, one) for one in goods)
        yield Table("unit_exits", _("Avslut per enhet"), _exit_columns(), rows, nobody, additions=_whole(goods))


def _whole(goods: list[Comparison]) -> tuple[Addition, ...]:
    """All exits are those to work or studies and those to neither."""
    return tuple(
        Addition((_key(one), f"{side}_of"), ((_key(one), side), (_key(one), f"{side}_neither")))
        for one in goods
        for side in ("women", "men")
    )


def _key(one: Comparison) -> str:
    return f"{one.subject}.{one.unit.code}" if one.unit else str(one.subject)


def _fewest(one: Comparison) -> int:
    """The smallest number that could be worked out from what is said of the comparison."""
    return min(_smallest(group, one.method) for group in (one.women, one.men))


def _smallest(group: Group, method: Method) -> int:
    if group.hits is None or method is Method.LOG_RANK:
        return group.n
    return min(group.hits, group.n - group.hits)


def _definitions() -> tuple[Definition, ...]:
    return (
        Definition(
            _("Log-rank"),
            _(
                "Jämför hela kurvorna över hur länge kvinnor och män väntar, inte bara medianerna, och räknar med dem "
                "som väntar än. Takten är Petos skattning; dess intervall utesluter 1 precis när p är under 0,05. "
                "Prövas när minst fem i vardera gruppen skulle ha väntat färdigt om det vore lika."
            ),
            _("Mantel 1966; Peto och Peto 1972"),
        ),
        Definition(
            _("Fishers exakta test"),
            _(
                "Sannolikheten att slumpen ensam gör andelarna minst så olika. Gäller även för små antal. Skillnadens "
                "intervall är Newcombes, oddskvotens exakt upp till 100 och därefter Woolfs."
            ),
            _("Fisher 1935; Newcombe 1998, metod 10"),
        ),
        Definition(
            _("Chi-två-test"),
            _(
                "Prövar om kvinnor och män fördelar sig lika på flera slag. Görs bara när minst fem vore att vänta av "
                "varje slag och kön; annars prövas slagen bara vart för sig med Fishers test."
            ),
            _("Pearson 1900; Cochran 1954"),
        ),
        Definition(
            _("Justering för antalet jämförelser"),
            _(
                "Av tjugo jämförelser av det som är lika visar en i genomsnitt p under 0,05. Holms metod håller "
                "risken för att någon enda skillnad felaktigt kallas säkerställd under 5 %. Intervallen är inte "
                "justerade."
            ),
            _("Holm 1979"),
        ),
    )


KIND = ReportKind(
    key="jamstalldhet",
    title=_l("Likvärdig behandling av kvinnor och män"),
    purpose=_l("Om skillnader i väntetider, avslut och placeringar kan bero på slumpen."),
    answers=_l("Får kvinnor och män samma tid och samma stöd?"),
    build=build,
    asks=("unit", "programme", "ages"),
)
