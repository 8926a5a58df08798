"""The check of the pages' HTML finds what is wrong, and lets what is right be."""

from __future__ import annotations

import pytest

from tests.meta.content_models import misplaced
from tests.meta.html import Page

WRONG = {
    "<p><a href='/'>En <button type='button'>knapp</button></a></p>": "button in a link or a button",
    "<span><div>Ett block</div></span>": "div in span, which holds words only",
    "<ul><div>Punkt</div></ul>": "div in ul",
    "<ul>Punkt</ul>": "words straight in ul",
    "<section><li>Punkt</li></section>": "li in section",
    "<section><dt>Ord</dt><dd>Mening</dd></section>": "dd in section",
    "<fieldset><p>Text</p><legend>Namn</legend></fieldset>": "legend is not the first in fieldset",
    "<table><tbody><tr><th>Enhet</th></tr></tbody></table>": "th 'Enhet' without scope",
    "<div role='knapp'></div>": "role knapp on div",
    "<div aria-etikett='x'></div>": "aria-etikett on div",
    "<input type='datum'>": "input of type datum",
    "<button>Skicka</button>": "button 'Skicka' that sends nothing",
    "<p align='center'>Text</p>": "align on p is obsolete",
    "<center>Text</center>": "center is obsolete",
    "<p tabindex='2'>Text</p>": "tabindex 2 on p",
    "<p id='två ord'>Text</p>": "id 'två ord' on p",
}
RIGHT = """
<form method="post"><fieldset><legend>Kön</legend><label><input type="radio" name="sex"> Kvinna</label></fieldset>
<button>Skicka anvisning</button></form>
<dl><div><dt>Enhet</dt><dd>AMC</dd></div></dl>
<table><caption>Enheter</caption>
<thead><tr><th scope="col">Enhet</th></tr></thead><tbody><tr><td>AMC</td></tr></tbody></table>
<a href="/"><div><h2>Ett block i en länk</h2></div></a>
<details><summary>Visa som tabell</summary><ul><li><del>Struket</del></li></ul></details>
<svg viewBox="0 0 1 1" role="img" aria-label="Stapel"><text color="red">1</text></svg>
"""


@pytest.mark.parametrize(("text", "fault"), WRONG.items(), ids=WRONG.values())
def test_what_the_standard_forbids_is_found(text: str, fault: str) -> None:
    assert fault in list(misplaced(Page(text, whole=False)))


def test_what_the_standard_allows_is_let_be() -> None:
    page = Page(RIGHT, whole=False)
    assert [*misplaced(page), *page.errors] == []
