"""`python3 -m bench.shots`: pictures of the seven designed screens, taken of the demo.

Three of them, made small, are the README's. `-o DIR` writes them all there, to be looked at beside the design's.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPO = Path(__file__).parent.parent
PYTHON = REPO / ".venv" / "bin" / "python"
IMAGES = REPO / "docs" / "images"
PASSWORD = "caseflow-demo-2020"
PATIENCE_SECONDS = 600
WIDTHS = {1440: 900, 390: 844}
# One who is known, with a case that is over: what is known of him is shown.
KNOWN_PERSON = "19850909-2394"


@dataclass(frozen=True)
class Shot:
    """One picture. `find` is whom the search leads to, `image` its name in the README and how much of it is shown."""

    name: str
    user: str | None
    path: str
    width: int = 1440
    dark: bool = False
    find: str | None = None
    image: tuple[str, int] | None = None


SHOTS = (
    Shot("inloggning-1440", None, "/logga-in"),
    Shot("arbetslista-1440", "karin.lindqvist", "/min-dag", image=("min-dag", 1200)),
    Shot("arbetslista-1440-dark", "karin.lindqvist", "/min-dag", dark=True),
    Shot("arbetslista-390", "karin.lindqvist", "/min-dag", width=390),
    Shot("arbetslista-tavla-1440", "karin.lindqvist", "/tavla"),
    Shot("arende-1440", "karin.lindqvist", "/", find="Samira Daoud", image=("arende", 1200)),
    Shot("arende-1440-dark", "karin.lindqvist", "/", dark=True, find="Samira Daoud"),
    Shot("arende-390", "karin.lindqvist", "/", width=390, find="Samira Daoud"),
    Shot("anvisning-1440", "maria.ekdahl", "/anvisningar/ny"),
    Shot("ledtider-1440", "annika.broden", "/ledtider", image=("ledtider", 1300)),
    Shot("flode-1440", "annika.broden", "/flode"),
    Shot("uppdrag500-1440", "annika.broden", "/program?program=500-uppdraget"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bench.shots", description=__doc__)
    parser.add_argument("--url", help="a demo that runs already; else one is started, and stopped afterwards")
    parser.add_argument("-o", "--to", type=Path, help="a folder for all pictures, as they are")
    options = parser.parse_args()
    if sys.prefix == sys.base_prefix and PYTHON.exists():
        os.execv(PYTHON, [str(PYTHON), "-m", "bench.shots", *sys.argv[1:]])
    if options.url:
        return take(options.url.rstrip("/"), options.to)
    with demo() as address:
        return take(address, options.to)


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo of our own, gone afterwards."""
    from caseflow.local.ports import LOOPBACK, free_port

    port = free_port()
    address = f"http://{LOOPBACK}:{port}"
    with tempfile.TemporaryDirectory(prefix="caseflow-shots-") as data:
        command = [sys.executable, "run.py", "--port", str(port), "--data", data]
        running = subprocess.Popen(command, cwd=REPO, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"{address}/healthz", running)
            yield address
        finally:
            running.terminate()
            running.wait()


def wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("The demo did not start: python3 run.py says why.")


def take(address: str, folder: Path | None) -> int:
    """Every picture; how many could not be taken."""
    from playwright.sync_api import sync_playwright

    from caseflow.local.testing import installed_chromium, what_hinders

    path = installed_chromium()
    if hindered := what_hinders(path):
        raise SystemExit(hindered)
    missing = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--lang=sv", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            # Dates in fields are written as the browser's own language does.
            env={**os.environ, "LANG": "sv_SE.UTF-8", "LANGUAGE": "sv"},
        )
        # Each user signs in once: those who do it often in a minute are asked to wait.
        signed_in: dict[str | None, Any] = {None: None}
        for shot in SHOTS:
            picture = picture_of(browser, address, shot, signed_in)
            if picture is None:
                missing += 1
                print(f"{shot.name}: no such page")
                continue
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{shot.name}.png").write_bytes(picture)
            if shot.image is not None:
                keep_small(picture, *shot.image)
            print(shot.name)
        browser.close()
    return missing


def picture_of(browser: Any, address: str, shot: Shot, signed_in: dict[str | None, Any]) -> bytes | None:
    """The whole page as its user sees it, once everything on it is drawn. `signed_in`: the cookies of each user so
    far."""
    context = browser.new_context(
        base_url=address,
        locale="sv-SE",
        viewport={"width": shot.width, "height": WIDTHS[shot.width]},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
        storage_state=signed_in.get(shot.user),
    )
    page = context.new_page()
    if shot.user is not None and shot.user not in signed_in:
        sign_in(page, shot.user)
        signed_in[shot.user] = context.storage_state()
    # Twice: the font is at hand the second time.
    page.goto(shot.path)
    answer = page.goto(shot.path)
    if shot.find is not None:
        find(page, shot.find)
    if shot.name.startswith("anvisning"):
        leave_something_out(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    picture: bytes | None = page.screenshot(full_page=True) if answer.ok else None
    context.close()
    return picture


def sign_in(page: Any, user: str) -> None:
    """To the start page, without the guide of the first visit."""
    page.goto("/logga-in")
    page.get_by_label("Användarnamn").fill(user)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.wait_for_url(lambda url: "/logga-in" not in url)
    if (guide := page.get_by_role("button", name="Visa inte igen")).count():
        guide.click()
        page.wait_for_load_state()


def find(page: Any, name: str) -> None:
    page.locator("#find").fill(name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("main").get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def leave_something_out(page: Any) -> None:
    """A referral that is sent before everything is filled in, as the design shows it."""
    page.get_by_label("Personnummer eller samordningsnummer").fill(KNOWN_PERSON)
    page.keyboard.press("Enter")
    page.locator("input[name=to_unit][value=AMC]").wait_for()
    page.locator("input[name=to_unit][value=AMC]").check()
    page.get_by_label("Kan delta").fill("20")
    page.get_by_role("button", name="Skicka anvisning").click()
    page.wait_for_load_state()


def keep_small(picture: bytes, name: str, height: int) -> None:
    """The upper part, in as many colours as a palette holds."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(height, image.height)))
    image = image.resize((image.width * 5 // 6, image.height * 5 // 6), Image.Resampling.LANCZOS)
    image.quantize(64, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
