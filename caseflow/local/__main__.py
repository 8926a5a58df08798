"""`python -m caseflow.local serve|test …`, as `run.py` calls it.

Every ending that is not a success is one sentence and a way out.
"""

from __future__ import annotations

import argparse
import errno
import signal
import sys

from caseflow.local.folders import data_folder
from caseflow.local.serve import serve
from caseflow.local.trouble import Trouble


def main() -> int:
    # Stopped by the system or by a closed terminal, as by Ctrl-C: the servers are stopped in their order.
    for stopping in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stopping, signal.default_int_handler)
    try:
        return run(sys.argv[1:])
    except KeyboardInterrupt:
        print("\nCaseflow är stoppat.")
        return 0
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        way_out = "frigör plats på disken" if full else "rätta, eller välj en annan mapp med --data"
        print(f"\n{error.strerror}: {error.filename}\nGör så här: {way_out}.", file=sys.stderr)
    return 1


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
