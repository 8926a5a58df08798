"""The figures of a page that can be opened, and what stands behind each."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from caseflow.measures.figures import Figure, figure
from caseflow.reports.lineage import get_counted
from caseflow.reports.reading import read_selection


def doors_in(html: str) -> list[tuple[str, str]]:
    """Each figure that leads to the rows behind it: what it says, and the address."""
    found = re.findall(r'<a(?: class="num")? href="(/underlag[^"]*)">([^<]*)</a>', html)
    return [(text.replace("\N{NO-BREAK SPACE}", " "), unescape(address)) for address, text in found]


def behind(client: FlaskClient, address: str) -> Figure:
    """What the rows come to; the page behind the figure lists as many."""
    words = MultiDict(parse_qsl(urlsplit(address).query))
    _form, selection = read_selection(words)
    assert selection is not None, address
    found = figure(get_counted(words["matt"], words.get("del", "")), selection)
    page = client.get(address)
    assert page.status_code == 200, address
    assert re.search(r'<span class="count">(.*?)</span>', page.text)[1].replace("\N{NO-BREAK SPACE}", "") == str(  # type: ignore[index]
        found.rows
    )
    return found
