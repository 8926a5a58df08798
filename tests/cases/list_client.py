"""What the tests of lists share: cases of named people, and what a page's rows say."""

from __future__ import annotations

import re
from datetime import date, timedelta

from caseflow.accounts.models import User
from caseflow.cases.models import Case
from caseflow.cases.work_queries import Work
from caseflow.people.models import Household, Participant
from tests import factories

LIVE = {"HX-Request": "true"}
SECRET = ("Hemlig", "Skyddsson")


def person(
    name: str, *, protected: bool = False, household: Household | None = None, birth_on: date | None = None
) -> Participant:
    first, _, last = name.partition(" ")
    participant = factories.make_participant(birth_on, name=(first, last), household=household)
    participant.protected = protected
    return factories.save(participant)


def met(karin: User, maria: User, name: str, met_on: date = date(2020, 11, 20), **facts: object) -> Case:
    participant = person(name)
    return factories.make_met_case(
        met_on - timedelta(days=5), met_on, karin, social_worker=maria, participant=participant, **facts
    )


def names(html: str) -> list[str]:
    """The first cell of every row of the page's case table."""
    return re.findall(r'<th scope="row" class="name"><a[^>]*>([^<]+)</a>', html)


def section(html: str, work: Work) -> str:
    """One part of Min dag."""
    found = re.search(rf'<section class="cf-sec" id="{work.value}".*?</section>', html, re.S)
    assert found
    return found.group()


def who(part: str) -> list[str]:
    return re.findall(r'<div class="cf-task__who"><a[^>]*>([^<]+)</a>', part)
