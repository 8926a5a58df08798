"""`python -m caseflow.local serve|test …`, as `run.py` calls it.

Every ending that is not a success is one sentence and a way out.
"""

from __future__ import annotations

import argparse
import errno
import signal
import sys
import tempfile
import traceback
from io import TextIOWrapper
from pathlib import Path

from caseflow.local.folders import data_folder
from caseflow.local.serve import serve
from caseflow.local.trouble import READ_THE_LOG, Trouble


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # for terminals that lack a letter of ours
    # Stopped by the system or by a closed terminal, as by Ctrl-C: the servers are stopped in their order.
    for stopping in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(stopping, signal.default_int_handler)
    try:
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        print("\nCaseflow är stoppat.")
        return 0
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
    except Exception as error:
        print(f"\n{unexpected(error)}", file=sys.stderr)
    return 1


def unexpected(error: Exception) -> Trouble:
    """The sentence for what nobody foresaw; the traceback goes to a file."""
    with tempfile.NamedTemporaryFile("w", prefix="caseflow-", suffix=".log", delete=False) as log:
        traceback.print_exception(error, file=log)
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    way_out = "frigör plats på disken och kör samma kommando igen" if full else READ_THE_LOG
    return Trouble(f"Något oväntat hände ({error}).", way_out, Path(log.name))


def run(arguments: list[str]) -> int:
    if arguments[:1] == ["test"]:
        # Only here, for the tests' packages are not installed where Caseflow is only served.
        from caseflow.local.testing import run_tests

        # Only here, for the tests' packages are not installed where Caseflow is only served.

        # Only here, for the tests' packages are not installed where Caseflow is only served.

        return run_tests(arguments[1:])
    # Without help texts: `run.py` has them, and has checked what it hands over.
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--data")
    parser.add_argument("--empty", action="store_true")
    options = parser.parse_args(arguments)
    serve(data_folder(options.data), options.port, empty=options.empty)
    return 0


sys.exit(main())
