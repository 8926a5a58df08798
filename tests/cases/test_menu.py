"""The menu says where one is."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from tests import factories


@pytest.mark.parametrize(("address", "said"), [("/arenden", "page"), ("/tavla", "true"), ("/arenden/{case}", "true")])
def test_a_case_and_the_board_are_within_cases(karin: User, counsellor: FlaskClient, address: str, said: str) -> None:
    case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 8), karin)
    page = counsellor.get(address.format(case=case.public_id)).text
    assert set(re.findall(r'<a href="([^"]+)" aria-current="(page|true)">Ärenden</a>', page)) == {("/arenden", said)}
