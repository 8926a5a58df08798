"""What a unit costs a year: registered by the administrator, replaced without being lost."""

from __future__ import annotations

from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import func, select

from caseflow.accounts.models import User
from caseflow.extensions import db
from caseflow.organisation.models import UnitCost
from tests.organisation.addresses import unit_address


def costs() -> list[tuple[int, Decimal, bool]]:
    rows = db.session.scalars(select(UnitCost).order_by(UnitCost.id).execution_options(populate_existing=True))
    return [(row.year, row.net_cost_kr, row.voided_at is None) for row in rows]


def test_a_changed_cost_stands_beside_the_old_one(client: FlaskClient, administrator: User) -> None:
    for amount in ("9 144 000", "9 144 000", "9 200 000,50"):
        seen = db.session.scalar(select(func.max(UnitCost.id)))
        sent = {"year": "2019", "net_cost_kr": amount, "version": "" if seen is None else str(seen)}
        assert client.post(unit_address("AMC", "kostnad"), data=sent).status_code == 303
    assert costs() == [(2019, Decimal(9_144_000), False), (2019, Decimal("9200000.50"), True)]
    assert "9\N{NO-BREAK SPACE}200\N{NO-BREAK SPACE}001 kr" in client.get(unit_address("AMC")).text.replace(
        "\N{NO-BREAK SPACE}kr", " kr"
    )


def test_a_cost_of_nothing_is_refused_and_what_was_written_stays(client: FlaskClient, administrator: User) -> None:
    answer = client.post(unit_address("AMC", "kostnad"), data={"year": "2019", "net_cost_kr": "0"})
    assert answer.status_code == 422
    assert "Skriv ett belopp från 1 krona" in answer.text
    assert 'value="2019"' in answer.text
    assert costs() == []
