"""`python3 -m bench.pages`: how long the server takes for the pages of lists and for a case, among 100 000 cases."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPO = Path(__file__).parent.parent
PYTHON = REPO / ".venv" / "bin" / "python"
PERFORMANCE = REPO / "docs" / "performance.md"
BEGIN, END = "<!-- pages -->", "<!-- /pages -->"
LIMIT_MS = 50
WARM, TIMED = 8, 25
# Tables that grow with the cases: no statement of a page may read one from end to end.
GROWING = {
    "cases", "case_event", "case_programme", "participant", "household", "placement", "assistance_payment", "audit"
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A page as somebody opens it. `address` may hold "{case}", an open case of theirs; `search`: what is posted."""

    who: str
    label: str
    address: str
    search: str = ""


MANAGER, COUNSELLOR, SOCIAL_WORKER = "manager", "counsellor", "social_worker"
PAGES = (
    Wanted(COUNSELLOR, "Min dag", "/min-dag"),
    Wanted(COUNSELLOR, "Ärenden, the unit's open", "/arenden"),
    Wanted(COUNSELLOR, "Ärenden, all of the unit by name", "/arenden?status=alla&sort=namn"),
    Wanted(COUNSELLOR, "Ärenden, own", "/arenden?konsulent=mina"),
    Wanted(COUNSELLOR, "Tavla", "/tavla"),
    Wanted(COUNSELLOR, "Mottagna anvisningar", "/anvisningar/mottagna"),
    Wanted(COUNSELLOR, "Placeringar", "/placeringar"),
    Wanted(COUNSELLOR, "A case", "/arenden/{case}"),
    Wanted(COUNSELLOR, "Search while typing", "/sok", "kar"),
    Wanted(COUNSELLOR, "Search for a whole name", "/sok", "karin öberg"),
    Wanted(SOCIAL_WORKER, "Skickade anvisningar", "/anvisningar/skickade"),
    Wanted(SOCIAL_WORKER, "Skickade anvisningar, the unit's", "/anvisningar/skickade?vems=enheten&visa=avslutade"),
    Wanted(MANAGER, "Ärenden, every open case", "/arenden"),
    Wanted(MANAGER, "Ärenden, every open case by name", "/arenden?sort=namn"),
    Wanted(MANAGER, "Ärenden, every open case by year of birth", "/arenden?sort=fodd"),
    Wanted(MANAGER, "Ärenden, every open case, last page", "/arenden?page=99999"),
    Wanted(MANAGER, "Ärenden, over target in a stage", "/arenden?etapp=placement&over=1"),
    Wanted(MANAGER, "Ärenden, households with children", "/arenden?barn=1"),
    Wanted(MANAGER, "Ärenden, in a programme", "/arenden?program=500-uppdraget"),
    Wanted(MANAGER, "Ärenden, all 100 000 by name", "/arenden?status=alla&sort=namn"),
    Wanted(MANAGER, "Ärenden, all 100 000, newest first", "/arenden?status=alla&sort=-anvisad"),
    Wanted(MANAGER, "Ärenden, all closed by unit", "/arenden?status=avslutade&sort=enhet"),
    Wanted(MANAGER, "Tavla, every open case", "/tavla"),
    Wanted(MANAGER, "A case", "/arenden/{case}"),
    Wanted(MANAGER, "Search while typing", "/sok", "kar"),
)


@dataclass
class Statements:
    """What was asked of the database while one looked."""

    said: list[tuple[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Took:
    """What a page took. `read_whole`: growing tables that one of its statements reads from end to end."""

    wanted: Wanted
    median_ms: float
    slowest_ms: float
    statements: int
    kilobytes: float
    read_whole: list[str]

    @property
    def is_kept(self) -> bool:
        return self.median_ms < LIMIT_MS and not self.read_whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bench.pages", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases there are")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PERFORMANCE.relative_to(REPO)}")
    parser.add_argument("--keep", action="store_true", help="keep the database, and use the one that was kept")
    parser.add_argument("--only", default="", help="pages whose address or name holds this; shows their plans too")
    options = parser.parse_args()
    if importlib.util.find_spec("flask") is None and PYTHON.exists():
        os.execv(PYTHON, [str(PYTHON), "-m", "bench.pages", *sys.argv[1:]])
    os.environ.setdefault("SECRET_KEY", "only-for-the-bench")
    os.environ.setdefault("CASEFLOW_PNR_KEY", "A" * 43 + "=")
    os.environ.setdefault("CASEFLOW_PNR_HASH_KEY", "only-for-the-bench")
    from bench.table import machine
    from caseflow.local.testing import test_servers

    with test_servers() as addresses:
        os.environ.update(addresses)
        found = measure(options.cases, keep=options.keep, only=options.only)
    table = markdown(options.cases, found)
    print(table)
    if options.write:
        head, _, rest = PERFORMANCE.read_text().partition(BEGIN)
        tail = rest.partition(END)[2]
        PERFORMANCE.write_text(f"{head}{BEGIN}\n\nMeasured on {machine()}.\n\n{table}\n\n{END}{tail}")
    return 0 if all(page.is_kept for page in found) else 2


def measure(cases: int, *, keep: bool = False, only: str = "") -> list[Took]:
    """Every page, median of many, after it has been opened a few times."""
    from bench.caseload import complete
    from bench.database import filled, settle

    with filled(cases, keep=keep) as url:
        from sqlalchemy import text

        from caseflow import create_app
        from caseflow.extensions import db, limiter

        if not db.session.scalar(text("SELECT count(*) FROM user_account")):
            complete(url, cases)
        settle(url)
        # An application of its own: each request then begins with nothing at hand, as in operation.
        app = create_app()
        app.config.update(WTF_CSRF_ENABLED=False)
        limiter.enabled = False
        pages = [page for page in PAGES if only in f"{page.who} {page.label} {page.address}"]
        return [took(app, db, page, plans=bool(only)) for page in pages]


def took(app: Any, db: Any, wanted: Wanted, *, plans: bool) -> Took:
    client, case_id = sign_in(app, db, wanted.who)
    address = wanted.address.format(case=case_id)

    def ask() -> Any:
        if wanted.search:
            return client.post(address, data={"q": wanted.search}, headers={"HX-Request": "true"})
        return client.get(address)

    for _ in range(WARM):
        answer = ask()
        assert answer.status_code == 200, (wanted, answer.status_code)
    times = []
    for _ in range(TIMED):
        start = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - start))
    with listening(db) as heard:
        ask()
    read_whole = sorted({table for said in heard.said for table in tables_read_whole(db, *said, show=plans)})
    return Took(wanted, statistics.median(times), max(times), len(heard.said), len(answer.data) / 1000, read_whole)


def sign_in(app: Any, db: Any, role: str) -> tuple[Any, str]:
    """A client of somebody in the role, and what names an open case that is theirs to see."""
    from sqlalchemy import select

    from caseflow.accounts import sessions
    from caseflow.accounts.models import User
    from caseflow.cases.models import Case
    from caseflow.cases.queries import visible_to
    from caseflow.cases.terms import Stage

    user = db.session.scalars(select(User).where(User.role == role).order_by(User.id)).first()
    case = (
        select(Case.public_id).where(visible_to(user.actor), Case.stage == Stage.EMPLOYMENT).order_by(Case.id).limit(1)
    )
    client = app.test_client()
    client.set_cookie("session", sessions.begin(user))
    db.session.commit()
    return client, db.session.scalar(case) or ""


@contextmanager
def listening(db: Any) -> Iterator[Statements]:
    """Every statement that is sent meanwhile."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    heard = Statements()

    def hear(_conn: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        heard.said.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def tables_read_whole(db: Any, statement: str, parameters: Any, *, show: bool = False) -> set[str]:
    """The growing tables that PostgreSQL would read from end to end for the statement."""
    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return set()
    with db.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN (FORMAT JSON{', ANALYZE' if show else ''}) {statement}", parameters)
        [[plan]] = cursor.fetchall()
    found = {node["Relation Name"] for node in nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"}
    if show:
        print(f"{plan[0]['Execution Time']:7.1f} ms {' '.join(statement.split())[:160]}", file=sys.stderr)
        if plan[0]["Execution Time"] > 5:
            print(json.dumps([brief(node) for node in nodes(plan[0]["Plan"])], indent=0), file=sys.stderr)
    return found & GROWING


def brief(node: dict[str, Any]) -> str:
    words = (node["Node Type"], node.get("Index Name", node.get("Relation Name", "")))
    return f"{' '.join(words)} {node['Actual Total Time']:.1f} ms, {node['Actual Rows']} rows × {node['Actual Loops']}"


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def markdown(cases: int, found: list[Took]) -> str:
    """The table, and the promise."""
    size = f"{cases:,}".replace(",", " ")
    lines = [
        f"| {size} cases: who | page | median ms | slowest ms | statements | kB | |",
        "| --- | --- " + "| --- " * 5 + "|",
    ]
    for page in found:
        cells = [
            page.wanted.who.replace("_", " "),
            page.wanted.label,
            f"{page.median_ms:.0f}",
            f"{page.slowest_ms:.0f}",
            str(page.statements),
            f"{page.kilobytes:.0f}",
            "ok" if page.is_kept else f"MISSED {' '.join(page.read_whole)}".strip(),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    kept = sum(page.is_kept for page in found)
    lines += [
        "",
        f"{kept} of {len(found)} pages: median under {LIMIT_MS} ms, and no growing table read from end to end.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
