"""Commands of `flask --app wsgi`, run in a fork of this process.

It has imported the application already; starting Python anew for each command would cost a second or more.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import flask.cli

from caseflow.local.children import die_with_parent
from caseflow.local.folders import REPO
from caseflow.local.progress import step
from caseflow.local.trouble import READ_THE_LOG, Trouble, way_out_of


def run_command(title: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> str:
    """Runs the command, shown as a step, and returns what it printed. Its errors are in the log."""
    with tempfile.TemporaryFile() as output, log.open("ab") as errors:
        process = multiprocessing.get_context("fork").Process(
            target=become_command, args=(arguments, environment, output.fileno(), errors.fileno(), os.getpid())
        )
        # Before the step begins, for its thread must not be forked along.
        process.start()
        try:
            with step(title, log):
                process.join()
        finally:
            process.terminate()
        output.seek(0)
        printed = output.read()
        errors.write(printed)
    if process.exitcode:
        raise Trouble(f"Steget ”{title}” misslyckades.", way_out_of(log, READ_THE_LOG), log)
    return printed.decode()


def become_command(
    arguments: Sequence[str], environment: Mapping[str, str], output: int, errors: int, parent: int
) -> None:
    """In the fork: from here on it is `flask --app wsgi …`, and ends as that does."""
    die_with_parent(signal.SIGTERM, parent)
    for stopping in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stopping, signal.SIG_DFL)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(errors, sys.stderr.fileno())
    os.environ.update(environment)
    os.chdir(REPO)
    sys.argv = ["flask", "--app", "wsgi", *arguments]
    flask.cli.main()
