"""Filters live in the address: they are sent when asked to be, and Back and a shared link bring them again."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from caseflow.security.permissions import Role
from tests.browser.conftest import Visitors
from tests.meta.world import make_world


@pytest.mark.parametrize(
    ("address", "label", "first", "second"),
    [
        ("/ledtider", "Mottagande enhet", "AMC", "AMS"),
        ("/flode", "Enhet", "AMC", "AMS"),
        ("/arenden", "Program", "500-uppdraget", "VISA"),
        ("/tavla", "Program", "500-uppdraget", "VISA"),
        ("/rapporter/ledtider", "Enhet", "AMC", "AMS"),
    ],
)
def test_back_and_a_shared_address_bring_the_filters_again(
    app: Flask, visitors: Visitors, address: str, label: str, first: str, second: str
) -> None:
    manager = make_world(app).users[Role.MANAGER]
    page = visitors.open(manager)
    page.goto(address)
    show(page, label, first)
    shared = page.url
    show(page, label, second)
    page.go_back()
    expect(page).to_have_url(shared)
    assert chosen(page, label) == first
    page.go_forward()
    assert chosen(page, label) == second
    colleague = visitors.open(manager)
    colleague.goto(shared)
    assert chosen(colleague, label) == first


def show(page: Page, label: str, choice: str) -> None:
    before = page.url
    page.get_by_label(label, exact=True).select_option(label=choice)
    expect(page).to_have_url(before)
    page.get_by_role("button", name="Visa", exact=True).click()
    page.wait_for_url(lambda address: address != before)


def chosen(page: Page, label: str) -> str:
    shown = page.get_by_label(label, exact=True).evaluate("one => one.selectedOptions[0].textContent.trim()")
    assert isinstance(shown, str)
    return shown
