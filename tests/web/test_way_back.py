"""A refused step leads back to its case."""

from __future__ import annotations

from datetime import date

from flask import Flask

from caseflow.security.permissions import Role
from tests import factories
from tests.signing_in import sign_in


def test_a_step_that_the_flow_refuses_leads_back_to_the_case(app: Flask) -> None:
    case = factories.make_case(date(2020, 11, 20))
    client = app.test_client()
    sign_in(client, factories.make_user(Role.COUNSELLOR, "AMC"))
    answer = client.get(f"/arenden/{case.public_id}/placering")
    assert answer.status_code == 409
    assert f'href="/arenden/{case.public_id}"' in answer.text
