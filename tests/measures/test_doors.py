"""The figures of the pages of lead times and of the flow open the waits and cases that they count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from caseflow.cases import services
from caseflow.cases.terms import ExitOutcome
from caseflow.extensions import db
from caseflow.security.permissions import Role
from tests import factories
from tests.measures.doors import behind, doors_in
from tests.signing_in import sign_in


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    sign_in(client, factories.make_user(Role.MANAGER, None))
    return client


def wait(*lengths: int) -> None:
    """First meetings so many days after the referral; one referral that waits since 40 days."""
    for place, length in enumerate(lengths):
        on = date(2020, 6, 1 + place % 3)
        factories.make_met_case(on, on + timedelta(length))
    factories.make_case(date(2020, 10, 22))
    db.session.commit()


@pytest.mark.parametrize("words", ["", "&kon=kvinnor", "&rakna=borjan"])
def test_the_lengths_of_waits_open_the_waits_that_were_so_long(app: Flask, reader: FlaskClient, words: str) -> None:
    wait(0, 1, 3, 3, 9, 14, 30, 31, 60)
    doors = doors_in(reader.get(f"/ledtider?matt=W3{words}").text)
    by_length = [(text, address) for text, address in doors if "del=waited." in address]
    bins = [int(text) for text, address in by_length if "-" in address.partition("del=waited.")[2].partition("&")[0]]
    assert bins
    if not words.startswith("&kon"):
        assert sum(bins) == 8, "the longest is told in words"
    assert len(bins) < len(by_length)
    for text, address in by_length:
        assert behind(reader, address).rows == int(text), address


def test_the_shares_of_the_curves_and_the_means_of_the_weeks_open_their_waits(app: Flask, reader: FlaskClient) -> None:
    wait(4, 5, 20)
    for week in range(10):
        on = date(2020, 2, 3) + timedelta(weeks=week)
        for length in (week + 3, week + 4):
            factories.make_met_case(on, on + timedelta(length))
    db.session.commit()
    page = reader.get("/ledtider?matt=W3").text
    curves = page.partition('id="km"')[2].partition('id="enhet"')[0]
    shares = [address for text, address in doors_in(curves) if "%" in text]
    assert shares
    assert {behind(reader, address).rows for address in shares} == {24}
    weeks = [(text, address) for text, address in doors_in(page.partition('id="styrdiagram"')[2]) if "inom=" in address]
    means = [(text, behind(reader, address).value) for text, address in weeks if "," in text]
    assert means
    assert all(float(text.replace(",", ".")) == pytest.approx(value, abs=0.05) for text, value in means)


def test_a_length_that_is_none_is_not_found(app: Flask, reader: FlaskClient) -> None:
    for part in ("waited.", "waited.x", "waited.3-4-5", "waited.999999", "waited.-4"):
        assert reader.get(f"/underlag?matt=W3&fran=2020-01-01&till=2020-12-31&del={part}").status_code == 404, part
    assert reader.get("/underlag?matt=W3&fran=2020-01-01&till=2020-12-31&del=waited.0-99999").status_code == 200


def test_the_shares_and_the_sexes_of_the_flow_open_the_cases_they_are_of(app: Flask, reader: FlaskClient) -> None:
    for outcome in (ExitOutcome.WORK, ExitOutcome.STUDIES, None):
        case = factories.make_met_case(date(2020, 6, 1), date(2020, 6, 11))
        if outcome:
            assert case.counsellor
            services.close(case.counsellor.actor, case, date(2020, 9, 1), outcome, None)
    db.session.commit()
    page = reader.get("/flode").text
    shares = [(text, behind(reader, address).rows) for text, address in doors_in(page) if "%" in text]
    assert shares == [("66,7 %", 3)] * len(shares)
    assert len(shares) == 3, "who refers, who receives, and all"
    of_sexes = [(text, address) for text, address in doors_in(page) if "kon=" in address]
    assert of_sexes
    assert all(behind(reader, address).rows == int(text) for text, address in of_sexes)


def test_the_means_under_a_headline_open_the_waits_of_each_sex_and_of_the_years_before(
    app: Flask, reader: FlaskClient
) -> None:
    wait(2, 3, 9)
    for year in (2018, 2019):
        for length in (year - 2014, year - 2010):
            factories.make_met_case(date(year, 5, 2), date(year, 5, 2) + timedelta(length))
    db.session.commit()
    headline = reader.get("/ledtider?matt=W3").text.partition("cf-fig__v")[2].partition("</section>")[0]
    under = doors_in(headline)[1:]
    assert [text for text, _ in under][-2:] == ["7,0", "6,0"]
    assert len(under) > 2
    for text, address in under:
        mean = behind(reader, address).value
        assert mean is not None
        assert f"{mean:.1f}".replace(".", ",") == text, address
