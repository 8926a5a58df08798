"""What lists of cases can be sorted by, and how that is said."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, null

from caseflow.cases.list_rows import ONGOING, Counsellor, FromUnit, SocialWorker, ToUnit, next_kind
from caseflow.cases.models import Case
from caseflow.cases.terms import Stage
from caseflow.core.language import _, _l
from caseflow.database import swedish
from caseflow.people.models import Participant

# What the order says, ascending and descending.
WORDS = {
    "namn": (_l("namn, A till Ö"), _l("namn, Ö till A")),
    "fodd": (_l("födelseår, äldst först"), _l("födelseår, yngst först")),
    "etapp": (_l("etapp, tidigast i flödet först"), _l("etapp, längst i flödet först")),
    "dagar": (_l("dagar mot målet, flest dagar kvar först"), _l("dagar mot målet, längst över först")),
    "steg": (_l("nästa steg"), _l("nästa steg, omvänt")),
    "placering": (_l("arbetsplats, A till Ö"), _l("arbetsplats, Ö till A")),
    "konsulent": (_l("konsulent, A till Ö"), _l("konsulent, Ö till A")),
    "enhet": (_l("mottagande enhet, A till Ö"), _l("mottagande enhet, Ö till A")),
    "fran": (_l("vem som anvisade, A till Ö"), _l("vem som anvisade, Ö till A")),
    "anvisad": (_l("anvisningens dag, äldst först"), _l("anvisningens dag, nyast först")),
    "nummer": (_l("ärendenummer, lägst först"), _l("ärendenummer, högst först")),
}
SORTS = frozenset(WORDS)
# Nobody pages further: a narrower filter, another order or the search is the way to a case.
MOST_LISTED = 1000
# Orders that an index has ready, stage by stage or for all: lists too long to be paged through have these alone.
DAYS = "dagar"
READY = frozenset({"namn", DAYS, "anvisad", "nummer"})
DEFAULT_SORT = f"-{DAYS}"


def is_sort(wanted: str) -> bool:
    """Whether an address may ask for the order: a column's name, with "-" before it for the other way."""
    return wanted.removeprefix("-") in SORTS


def fitting(total: int) -> frozenset[str]:
    """The columns that a list of so many cases can be sorted by."""
    return SORTS if total <= MOST_LISTED else READY


def in_words(sort: str) -> str:
    """The order as a sentence: "Sorterat efter namn, A till Ö"."""
    up, down = WORDS[sort.removeprefix("-")]
    return _("Sorterat efter %(order)s", order=str(down if sort.startswith("-") else up))


def order(sort: str, today: date) -> list[ColumnElement[Any]]:
    """What `sort` orders by, save "dagar", which `list_queries` finds stage by stage. Ties by case number."""
    stages = case({stage.value: place for place, stage in enumerate(Stage)}, value=Case.stage)
    keys: dict[str, list[Any]] = {
        "namn": title_order(),
        "fodd": [case((Participant.protected, null()), else_=func.extract("year", Participant.birth_on))],
        "etapp": [stages],
        "steg": [next_kind(today), Case.follow_up_due_on],
        "placering": [swedish(ONGOING.c.workplace)],
        "konsulent": [swedish(Counsellor.name)],
        "enhet": [ToUnit.code],
        "fran": [FromUnit.code, SocialWorker.name],
        "anvisad": [Case.referred_on],
        "nummer": [Case.number],
    }
    chosen = keys[sort.removeprefix("-")]
    down = sort.startswith("-")
    ordered = [key.desc() if down else key.asc() for key in chosen]
    # Those that are ready have no NULL; to say where it would stand would keep the index from being used.
    return [*(ordered if sort.removeprefix("-") in READY else (key.nulls_last() for key in ordered)), Case.number]


def title_order() -> list[Any]:
    """Names in Swedish order as the list shows them; protected persons stand together, as "Ärende …"."""
    return [Participant.title_key]
