"""A step is offered exactly when the flow and the role allow it; foreign cases are not there."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.accounts.models import User
from caseflow.cases import services, steps
from caseflow.cases.models import Case
from caseflow.cases.terms import EventKind, PlacementKind, Stage
from caseflow.security.permissions import Role
from tests import factories
from tests.cases.case_client import (
    REFERRED_ON,
    K,
    address,
    assert_done,
    closed_case,
    kinds,
    met_case,
    send,
    sign_in,
)

STEP_OF = {
    K.ACCEPTED: "ta-emot",
    K.RETURNED: "aterlamna",
    K.WITHDRAWN: "aterkalla",
    K.FIRST_MEETING: "forsta-mote",
    K.ASSESSED: "skattning",
    K.PLACEMENT_STARTED: "placering",
    K.FOLLOW_UP: "uppfoljning",
    K.NOTE: "anteckning",
    K.HANDED_OVER: "byt-konsulent",
    K.EXITED: "avsluta",
    K.REOPENED: "ateroppna",
}


def some_cases(karin: User, maria: User) -> dict[Stage, Case]:
    """One case in every stage but the exits that look alike."""
    referred = factories.make_case(REFERRED_ON, social_worker=maria)
    accepted, returned, withdrawn = (factories.make_case(REFERRED_ON, social_worker=maria) for _ in range(3))
    services.accept(karin.actor, accepted, REFERRED_ON)
    services.return_referral(karin.actor, returned, REFERRED_ON, "fel enhet")
    services.withdraw(maria.actor, withdrawn, REFERRED_ON, "har flyttat")
    placed, employed = met_case(karin, maria), met_case(karin, maria)
    factories.start_placement(placed, date(2020, 8, 10))
    factories.start_placement(employed, date(2020, 8, 10), PlacementKind.SUBSIDISED_EMPLOYMENT, 100)
    cases = [referred, accepted, returned, withdrawn, met_case(karin, maria), placed, employed]
    return {case.stage: case for case in [*cases, closed_case(karin, maria)]}


def good_values(case: Case, karin: User) -> dict[EventKind, dict[str, object]]:
    colleague = factories.make_user(Role.COUNSELLOR, "AMC")
    place = {"kind": "internship", "workplace": factories.make_workplace().label, "percent": "10", "on": "2020-12-01"}
    if case.stage == Stage.EMPLOYMENT:
        place["percent"] = "0"
    return {
        K.ACCEPTED: {"counsellor": karin.public_id},
        K.HANDED_OVER: {"counsellor": colleague.public_id},
        K.ASSESSED: {f"area_{factories.areas()[0].public_id}": "3"},
        K.PLACEMENT_STARTED: place,
        K.EXITED: {"outcome": "other", "household_effect": ""},
    }


def test_a_step_is_offered_exactly_when_it_is_accepted(
    counsellor: FlaskClient, social_worker: FlaskClient, karin: User, maria: User
) -> None:
    for stage, case in some_cases(karin, maria).items():
        values = good_values(case, karin)
        for client, user in ((counsellor, karin), (social_worker, maria)):
            page = client.get(address(case)).text
            offered = {step.kind for step in steps.offered(user.actor, case.state)}
            for kind, step in STEP_OF.items():
                linked = f'"{address(case, step)}"' in page
                assert linked == (kind in offered), (stage, user.role, step)
                shown = client.get(address(case, step)).status_code
                if linked:
                    assert shown == 200, (stage, step)
                    continue
                before = case.version
                sent = send(client, case, step, note="x", **values.get(kind, {})).status_code
                assert shown in (403, 409), (stage, step)
                assert sent == shown, (stage, step)
                assert case.version == before


@pytest.mark.parametrize("kind", list(STEP_OF))
def test_every_offered_step_can_be_taken(
    counsellor: FlaskClient, social_worker: FlaskClient, karin: User, maria: User, kind: EventKind
) -> None:
    for stage, case in some_cases(karin, maria).items():
        if stage == Stage.EMPLOYMENT and kind == K.PLACEMENT_STARTED:
            continue  # the employment is full time
        client, user = (social_worker, maria) if kind == K.WITHDRAWN else (counsellor, karin)
        if kind not in {step.kind for step in steps.offered(user.actor, case.state)}:
            continue
        assert_done(send(client, case, STEP_OF[kind], note="skäl", **good_values(case, karin).get(kind, {})), case)
        assert kind in kinds(case), stage


def test_a_refused_step_says_what_is_missing(counsellor: FlaskClient, maria: User) -> None:
    case = factories.make_case(REFERRED_ON, social_worker=maria)
    answer = counsellor.get(address(case, "placering"))
    assert answer.status_code == 409
    assert "Placering påbörjad kräver första mötet. Registrera första mötet först." in answer.text


def every_address(case: Case) -> list[str]:
    event_id = case.events[-1].public_id
    paths = [
        "",
        *STEP_OF.values(),
        "lonekostnad",
        f"placering/{uuid4()}/avsluta",
        "program",
        f"program/{uuid4()}/lamna",
    ]
    paths += [f"handelse/{event_id}/ratta", f"handelse/{event_id}/makulera"]
    return [address(case, path) for path in paths]


def test_another_units_case_is_nowhere_to_be_found(app: Flask, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    for role, unit in ((Role.COUNSELLOR, "OSA"), (Role.SOCIAL_WORKER, "TuA"), (Role.MANAGER, "OSA")):
        client = sign_in(app.test_client(), factories.make_user(role, unit))
        for path in every_address(case):
            assert client.get(path).status_code in (403, 404), path
            if path != address(case):
                assert client.post(path, data={"version": case.version}).status_code in (403, 404), path
        assert client.get(address(case)).status_code == 404
        assert client.post(address(case, "visa")).status_code in (403, 404)
    stranger = sign_in(app.test_client(), factories.make_user(Role.COUNSELLOR, "OSA"))
    own = [path for path in every_address(case) if not path.endswith("/aterkalla")]
    assert {stranger.get(path).status_code for path in own} == {404}
    assert stranger.post(address(case, "visa")).status_code == 404


def test_roles_that_see_no_person_are_refused_everywhere(app: Flask, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    for role in (Role.CONTROLLER, Role.ADMINISTRATOR):
        client = sign_in(app.test_client(), factories.make_user(role, None))
        for path in every_address(case):
            # A manager's step that a controller lacks is 403 before the case is looked for.
            assert client.get(path).status_code == 403, path
        assert client.post(address(case, "visa")).status_code == 403


def test_a_manager_reads_hands_over_and_does_nothing_else(app: Flask, karin: User, maria: User) -> None:
    case = met_case(karin, maria)
    manager = sign_in(app.test_client(), factories.make_user(Role.MANAGER, None))
    page = manager.get(address(case)).text
    assert address(case, "byt-konsulent") in page
    assert "/ratta" not in page
    assert address(case, "visa") not in page
    for step in ("placering", "avsluta", "anteckning", "lonekostnad"):
        assert manager.get(address(case, step)).status_code == 403
    assert manager.post(address(case, "visa")).status_code == 403


def test_a_closed_case_is_not_reopened_while_a_newer_one_goes_on(
    counsellor: FlaskClient, karin: User, maria: User
) -> None:
    case = closed_case(karin, maria)
    assert address(case, "ateroppna") in counsellor.get(address(case)).text
    newer = factories.make_case(date(2020, 11, 25), participant=case.participant, social_worker=maria)
    assert address(case, "ateroppna") not in counsellor.get(address(case)).text
    assert counsellor.get(address(case, "ateroppna")).status_code == 409
    answer = send(counsellor, case, "ateroppna", note="fel")
    assert answer.status_code == 409
    assert f"Deltagaren har ett nyare ärende, {newer.number}. Fortsätt i det." in answer.text
    assert case.stage == Stage.EXIT_WORK
