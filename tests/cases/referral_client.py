"""The form of a new referral, looked up, filled in and sent."""

from __future__ import annotations

import re
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from caseflow.cases.models import Case
from caseflow.core.personnummer import Sex
from caseflow.extensions import db
from tests import factories

ADDRESS = "/anvisningar/ny"
BORN = date(1985, 1, 1)
NUMBER = factories.number_for(BORN, Sex.MAN)
FILLED_IN: dict[str, str | list[str]] = {
    "to_unit": "AMC",
    "referred_on": "2020-12-01",
    "first_contact_on": "2020-11-03",
    "application_on": "2020-11-05",
    "decision_on": "2020-11-12",
    "af": "ja",
    "activity_hours": "20",
    "programmes": ["500-uppdraget", "visa"],
    "reason": "Har arbetat som svetsare i fyra år.",
    "ground": "consent",
    "consent_on": "2020-11-30",
}
NEW_PERSON = {"first_name": "Dawit", "last_name": "Tesfaye", "children": "2", "assistance_since_on": "2019-08-01"}


def look_up(client: FlaskClient, number: str = NUMBER, **values: object) -> TestResponse:
    return client.post(ADDRESS, data={"personnummer": number, "look_up": "1"} | values)


def shown_for(html: str) -> str:
    found = re.search(r'name="shown_for"[^>]*value="([0-9a-f]+)"', html)
    assert found, html
    return found.group(1)


def send(client: FlaskClient, **values: object) -> TestResponse:
    """Look the number up and send the referral, filled in but for what `values` say."""
    data: dict[str, object] = {"personnummer": NUMBER, "shown_for": shown_for(look_up(client).text), "send": "1"}
    data |= FILLED_IN | values
    answer = client.post(ADDRESS, data={key: value for key, value in data.items() if value is not None})
    db.session.expire_all()
    return answer


def cases() -> list[Case]:
    return list(db.session.scalars(select(Case).order_by(Case.id)))
