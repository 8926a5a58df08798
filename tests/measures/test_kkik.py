"""For every exit the page says why it counts in KKiK, or why not."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from caseflow.cases import placements, services
from caseflow.cases.models import Case
from caseflow.cases.terms import ExitOutcome, PlacementKind
from caseflow.extensions import db
from caseflow.measures.figures import figure
from caseflow.measures.kkik import BEGAN_WORK_OR_STUDIES as K1
from caseflow.measures.selection import Cut, Period, Selection
from tests import factories

JUNE = Period(date(2020, 6, 1), date(2020, 6, 30))
EXIT_ON = date(2020, 6, 1)
LATE = Cut(date(2020, 11, 30))


def close(outcome: ExitOutcome = ExitOutcome.WORK, on: date = EXIT_ON, employed: bool = False) -> Case:
    case = factories.make_met_case(date(2020, 1, 7), date(2020, 1, 20))
    assert case.counsellor is not None
    if employed:
        placement = factories.start_placement(case, date(2020, 2, 3), PlacementKind.SUBSIDISED_EMPLOYMENT)
        placements.end_placement(case.counsellor.actor, case, placement, on, "Avslutas.")
    services.close(case.counsellor.actor, case, on, outcome, None)
    db.session.commit()
    return case


def reopen(case: Case, on: date) -> None:
    assert case.counsellor is not None
    services.reopen(case.counsellor.actor, case, on, "Anställningen tog slut.")
    db.session.commit()


def why(cut: Cut = LATE) -> tuple[int, str]:
    """Value and sentence of the one exit there is."""
    [row] = db.session.execute(K1.rows(Selection(JUNE, cut)))
    return row.value, row.why


@pytest.mark.parametrize("outcome", [ExitOutcome.WORK, ExitOutcome.SUBSIDISED_WORK])
def test_work_that_lasted_a_month_counts(app: Flask, outcome: ExitOutcome) -> None:
    close(outcome)
    value, sentence = why()
    assert value == 1
    assert sentence.startswith("Räknas: arbete på ordinarie arbetsmarknad som inte bröts inom en månad. Utfall: Arbete")


def test_studies_count_from_the_first_day(app: Flask) -> None:
    reopen(close(ExitOutcome.STUDIES), date(2020, 6, 3))
    assert why() == (1, "Räknas: studier med rätt till studiemedel.")
    assert why(Cut(EXIT_ON)) == (1, "Räknas: studier med rätt till studiemedel.")


def test_work_does_not_count_when_the_case_was_reopened_within_a_month(app: Flask) -> None:
    reopen(close(), date(2020, 6, 13))
    assert why() == (0, "Räknas inte: ärendet återöppnades efter 12 dagar, inom en månad.")


def test_work_counts_when_the_case_was_reopened_a_month_later(app: Flask) -> None:
    reopen(close(), date(2020, 7, 1))
    assert why()[0] == 1


def test_work_does_not_count_when_the_participant_was_referred_again_within_a_month(app: Flask) -> None:
    first = close()
    factories.make_case(date(2020, 6, 30), participant=first.participant)
    assert why() == (0, "Räknas inte: en ny anvisning kom efter 29 dagar, inom en månad.")


def test_work_does_not_count_before_a_month_has_passed(app: Flask) -> None:
    close()
    assert why(Cut(date(2020, 6, 30))) == (0, "Räknas inte än: en månad har ännu inte gått sedan avslutet.")
    assert why(Cut(date(2020, 7, 1)))[0] == 1


def test_the_month_of_the_last_of_january_is_over_on_the_last_of_february(app: Flask) -> None:
    case = factories.make_met_case(date(2019, 12, 2), date(2019, 12, 9))
    assert case.counsellor is not None
    services.close(case.counsellor.actor, case, date(2020, 1, 31), ExitOutcome.WORK, None)
    db.session.commit()
    period = Period(date(2020, 1, 1), date(2020, 1, 31))
    values = [figure(K1, Selection(period, Cut(date(2020, 2, day)))).value for day in (28, 29)]
    assert values == [0, 100]


def test_a_municipal_employment_is_no_work_on_the_regular_market(app: Flask) -> None:
    close(ExitOutcome.DISCONTINUED, employed=True)
    sentence = "Räknas inte: kommunal arbetsmarknadsanställning är inte arbete på ordinarie arbetsmarknad."
    assert why() == (0, f"{sentence} Utfall: Avbrott.")


def test_anything_else_says_what_it_ended_in(app: Flask) -> None:
    close(ExitOutcome.ILLNESS)
    assert why() == (0, "Räknas inte: avslutades till varken arbete eller studier. Utfall: Sjukdom.")


def test_the_share_is_of_all_exits(app: Flask) -> None:
    for outcome in (ExitOutcome.WORK, ExitOutcome.STUDIES, ExitOutcome.MOVED, ExitOutcome.DECEASED):
        close(outcome)
    found = figure(K1, Selection(JUNE, LATE))
    assert (found.value, found.rows) == (50, 4)
    assert figure(K1, Selection(Period.year(2019), LATE)).value is None
