"""Somebody who uses the keyboard alone: Tab, Space, Enter, arrows and letters."""

from __future__ import annotations

from playwright.sync_api import Page, TimeoutError

MAX_TABS = 150
# Of an average typist who knows what to do (the keystroke-level model of Card, Moran and Newell, 1980): a key, and the
# thought before each thing that is chosen, written or sent.
KEY_SECONDS, THOUGHT_SECONDS = 0.28, 1.35
SOON_MS = 5000

# What a screen reader says first of the element in focus: the text before its help and its errors.
NAME = """() => {
  const at = document.activeElement;
  const by = at.getAttribute('aria-labelledby');
  const words = at.getAttribute('aria-label')
    || (by && document.getElementById(by.split(' ')[0])?.innerText)
    || (at.labels?.length && at.labels[0].innerText)
    || at.innerText || at.value || '';
  return words.replace(/\\s+/g, ' ').trim();
}"""
# Whether the element in focus shows it, and is in view.
SHOWN = """() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const place = at.getBoundingClientRect();
  const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  return marked && place.bottom > 0 && place.top < innerHeight;
}"""
KIND = "document.activeElement.type || document.activeElement.tagName"


class Keyboard:
    """Goes through pages by names; `interactions` counts what is chosen, written and sent, `keys` what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.interactions, self.keys = page, 0, 0

    @property
    def seconds(self) -> float:
        """How long it all takes somebody, without the time of the answers."""
        return KEY_SECONDS * self.keys + THOUGHT_SECONDS * self.interactions

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    @property
    def here(self) -> str:
        """The name of what is in focus."""
        return str(self.page.evaluate(NAME))

    def to(self, name: str, *, whole: bool = False) -> None:
        """Tab on to the next element whose name begins so, or is the whole of it. Each stop must show the focus."""
        passed = []
        for _ in range(MAX_TABS):
            self.press("Tab")
            self.must_show_focus()
            if self.here == name or (self.here.startswith(name) and not whole):
                return
            passed.append(self.here[:40])
        raise AssertionError(f"Tab does not reach {name!r} but {passed}")

    def must_show_focus(self) -> None:
        """The browser brings what is in focus into view a moment after the key."""
        try:
            self.page.wait_for_function(SHOWN, timeout=SOON_MS)
        except TimeoutError as error:
            raise AssertionError(f"the focus cannot be seen at {self.here!r}") from error

    def type(self, name: str, text: str) -> None:
        self.to(name)
        self.page.keyboard.type(text)
        self.keys += len(text)
        self.interactions += 1

    def tick(self, name: str) -> None:
        """Choose a tick box or the radio button that the Tab key stops at."""
        self.to(name)
        self.press("Space")
        self.interactions += 1

    def choose(self, first: str, name: str) -> None:
        """Go to a group of radio buttons at its first, and on with the arrows."""
        self.tick(first)
        for _ in range(MAX_TABS):
            if self.here.startswith(name):
                return
            self.press("ArrowDown")
        raise AssertionError(f"the arrows do not reach {name!r}")

    def enter(self, name: str | None = None) -> None:
        """Press Enter, on what is named or where the focus is, and wait for the page that it leads to."""
        if name is not None:
            self.to(name)
        with self.page.expect_navigation():
            self.press("Enter")
        self.interactions += 1

    def select_next(self, name: str) -> None:
        """The next choice of a list; nothing is sent yet."""
        self.to(name)
        self.press("ArrowDown")
        self.interactions += 1
