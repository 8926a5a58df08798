"""`python3 -m bench`: how long the product takes, and how long others take for the same figures, in one run."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from pathlib import Path

REPO = Path(__file__).parent.parent
PYTHON = REPO / ".venv" / "bin" / "python"
NEEDED = ("duckdb", "polars", "pandas", "lifelines", "pm4py")
PERFORMANCE = REPO / "docs" / "performance.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="numbers of cases")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PERFORMANCE.relative_to(REPO)}")
    parser.add_argument("--keep", action="store_true", help="keep the databases, and use those that were kept")
    options = parser.parse_args()
    if importlib.util.find_spec("flask") is None and PYTHON.exists():
        os.execv(PYTHON, [str(PYTHON), "-m", "bench", *sys.argv[1:]])
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"{', '.join(missing)} is missing. To install it: "
            ".venv/bin/uv pip install -p .venv --require-hashes -r bench/requirements.txt"
        )
        return 1
    os.environ.setdefault("SECRET_KEY", "only-for-the-bench")
    os.environ.setdefault("CASEFLOW_PNR_KEY", "A" * 43 + "=")
    os.environ.setdefault("CASEFLOW_PNR_HASH_KEY", "only-for-the-bench")
    from bench.run import run
    from bench.table import machine
    from caseflow.local.testing import test_servers

    with test_servers() as addresses:
        os.environ.update(addresses)
        found, kept = run(sorted(options.sizes), keep=options.keep)
    print(found)
    if options.write:
        head, _, _ = PERFORMANCE.read_text().partition("<!-- measured -->")
        PERFORMANCE.write_text(f"{head}<!-- measured -->\n\nMeasured on {machine()}.\n\n{found}")
    return 0 if kept else 2


if __name__ == "__main__":
    sys.exit(main())
