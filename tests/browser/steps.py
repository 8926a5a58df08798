"""What the users of the tests do, by the words that stand on the pages."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from playwright.sync_api import Page, expect

from caseflow.accounts.models import User
from caseflow.accounts.services import set_password
from tests import factories

PASSWORD = "en lång mening om våren"


def give_password(user: User) -> User:
    set_password(user, PASSWORD)
    return factories.save(user)


def sign_in(page: Page, user: User) -> None:
    """Through the sign-in page, to the page where the role begins."""
    page.goto("/")
    page.get_by_label("Användarnamn").fill(user.username)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Logga in")


def refer(page: Page, personnummer: str, referred_on: date) -> str:
    """Send somebody unknown to AMC in 500-uppdraget, and return what names the case in addresses."""
    page.get_by_role("link", name="Ny anvisning").first.click()
    page.get_by_label("Personnummer eller samordningsnummer").fill(personnummer)
    page.get_by_role("button", name="Hämta uppgifter").click()
    page.get_by_label("Förnamn").fill("Ella")
    page.get_by_label("Efternamn").fill("Exempelsson")
    page.get_by_label("Hushållets nummer").fill("H-BROWSER")
    page.get_by_label("Barn i hushållet").fill("2")
    page.get_by_label("Försörjningsstöd sedan").fill("2019-05-01")
    page.locator("input[name=to_unit][value=AMC]").check()
    page.get_by_label("Anvisningsdatum").fill(f"{referred_on}")
    page.get_by_label("Kan delta").fill("25")
    page.get_by_role("group", name="Inskriven på Arbetsförmedlingen").get_by_label("Ja", exact=True).check()
    page.get_by_role("checkbox", name="500-uppdraget").check()
    page.get_by_label("Det mottagande enhet behöver veta").fill("Har arbetat i storkök.")
    page.get_by_label("Samtycket lämnat").fill(f"{referred_on}")
    page.get_by_role("button", name="Skicka anvisning").click()
    expect(page.get_by_text("Anvisning skickad till AMC")).to_be_visible()
    return page.url.rpartition("/")[2]


def take_step(page: Page, case_id: str | UUID, step: str, button: str, said: str, **fields: str) -> None:
    """Fill in one step's form by the names of its labels, send it, and read what the case page says."""
    page.goto(f"/arenden/{case_id}/{step}")
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    send(page, button, said)


def send(page: Page, button: str, said: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(said, exact=True).first).to_be_visible()
