"""Every figure of a programme's page that counts people or kronor opens the rows it is made of."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from caseflow.cases import services
from caseflow.cases.terms import ExitOutcome, HouseholdEffect, PlacementKind
from caseflow.core.periods import add_months
from caseflow.extensions import db
from caseflow.organisation import services as organisation
from caseflow.security.permissions import SYSTEM, Role
from tests import factories
from tests.measures.doors import behind, doors_in
from tests.measures.test_reports import counsellor_of, employed_case, pay
from tests.signing_in import sign_in


def fill() -> None:
    """A household that leaves wholly, one that keeps a top-up, and a development place."""
    organisation.set_goal(SYSTEM, "500-uppdraget", 2020, "", 4)
    for effect, month in ((HouseholdEffect.LEFT, 7), (HouseholdEffect.TOPPED_UP, 8)):
        case = employed_case()
        for back in range(1, 13):
            pay(case.participant.household, add_months(date(2020, month, 1), -back), 9_000 if back > 6 else 6_000)
        pay(case.participant.household, date(2020, 10, 1), 2_000)
        services.close(counsellor_of(case), case, date(2020, month, 14), ExitOutcome.WORK, effect)
    case = factories.make_met_case(date(2020, 1, 7), date(2020, 1, 20), programmes=["500-uppdraget"])
    factories.start_placement(case, date(2020, 3, 2), PlacementKind.DEVELOPMENT_PLACE)
    db.session.commit()


def test_each_figure_of_a_programme_opens_what_it_is_made_of(app: Flask, client: FlaskClient) -> None:
    fill()
    sign_in(client, factories.make_user(Role.MANAGER, None))
    page = client.get("/program?program=500-uppdraget&brytdag=2020-11-30").text
    opened = set()
    for text, address in doors_in(page):
        measure, _, rest = address.partition("matt=programme.")[2].partition("&")
        part = rest.partition("del=")[2].partition("&")[0]
        opened.add((measure, part))
        found = behind(client, address)
        assert found.rows, address
        # A share opens what it is a share of; longest and shortest open all.
        if "%" in text or measure == "months":
            continue
        number = int(re.sub(r"[^\d−]", "", text).replace("−", "-"))
        assert found.value is not None
        # The budget's table is in thousands.
        assert number in (round(found.value), round(found.value / 1000)), (text, address)
    savings = {("savings", part) for part in ("", "wholly", "topped_up", "no_stop", "six_months", "six_months_no_stop")}
    costs = {("costs", part) for part in ("", "wage", "af", "programme", "before_programme")}
    assert savings | costs | {("effect", ""), ("effect", "before_programme"), ("places", "")} <= opened
