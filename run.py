#!/usr/bin/env python3
"""Starts Caseflow, or its tests, on a machine with nothing but Python 3.11 and pip.

    python3 run.py            installs what is missing, then serves on http://127.0.0.1:8000
    python3 run.py test       installs what is missing, then runs the whole test suite

Only the standard library, and syntax that Python 3.6 can read, so that it can be told that it is too old.
Everything after the installation is in the package `caseflow.local`.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Caseflow behöver Python 3.11 eller nyare, och det här är Python "
        f"{sys.version_info[0]}.{sys.version_info[1]}.\n"
        "Gör så här: kör samma kommando med en nyare, till exempel python3.11 run.py."
    )
if sys.platform not in ("linux", "darwin"):
    sys.exit("Caseflow startar på Linux och macOS.\nGör så här: kör samma kommando i WSL.")

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, TextIO

REPO = Path(__file__).resolve().parent
RUN_REQUIREMENTS = REPO / "requirements.txt"
TEST_REQUIREMENTS = REPO / "tests" / "requirements.txt"
STAMP = "caseflow.json"
# The system's own Python also when `run.py` runs in the environment that it is to make anew.
BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))
NEEDED_BYTES = 700 * 1024 * 1024
PACKAGE = re.compile(r" *(?:Collecting|Downloading) ([A-Za-z0-9._-]+)")


class Trouble(Exception):
    """Ends the program with one plain sentence and a way out."""

    def __init__(self, sentence: str, way_out: str) -> None:
        super().__init__(sentence)
        self.way_out = way_out


class Parser(argparse.ArgumentParser):
    """Says what is wrong in Swedish."""

    def error(self, message: str) -> NoReturn:
        raise Trouble(f"Kommandot gick inte att förstå ({message}).", "skriv python3 run.py --help")


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # for terminals that lack a letter of ours
    arguments = sys.argv[1:]
    for stopping in (signal.SIGINT, signal.SIGTERM):
        # SIGINT too: a shell that starts us in the background has it ignored.
        signal.signal(stopping, signal.default_int_handler)
    try:
        if arguments[:1] == ["test"]:
            python = ready_python(TEST_REQUIREMENTS, os.environ.get("CASEFLOW_DATA"))
            hand_over(python, ["test", *arguments[1:]])
        options = parsed(arguments)
        python = ready_python(RUN_REQUIREMENTS, options.data)
        hand_over(python, serve_arguments(options))
    except Trouble as trouble:
        sys.exit(f"{trouble}\nGör så här: {trouble.way_out}")
    except KeyboardInterrupt:
        sys.exit("\nAvbrutet. Kör samma kommando igen för att fortsätta.")
    except OSError as error:
        sys.exit(f"{error.strerror or error}: {error.filename or REPO}\nGör så här: {way_out_of(str(error))}")


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog="python3 run.py", description="Startar Caseflow. python3 run.py test kör testerna.")
    parser.add_argument("--port", type=int, default=8000, help="port för webbplatsen (8000)")
    parser.add_argument("--data", metavar="MAPP", default=os.environ.get("CASEFLOW_DATA"), help="datamapp")
    parser.add_argument("--empty", action="store_true", help="börja utan demo")
    options = parser.parse_args(arguments)
    if not 1 <= options.port <= 65535:
        parser.error(f"porten {options.port} finns inte, välj 1-65535")
    return options


def serve_arguments(options: argparse.Namespace) -> list[str]:
    data = ["--data", os.path.abspath(options.data)] if options.data else []
    return ["serve", "--port", str(options.port), *data, *(["--empty"] if options.empty else [])]


def hand_over(python: Path, arguments: list[str]) -> NoReturn:
    sys.stdout.flush()
    os.chdir(REPO)
    # The shell that started us waits for this process id; the program takes it over.
    os.execv(python, [str(python), "-m", "caseflow.local", *arguments])  # nosec B606 (no shell is meant)


def ready_python(requirements: Path, data: str | None) -> Path:
    """The interpreter of the virtual environment, made and filled first where that is needed."""
    with open(__file__, encoding="utf-8") as this_file:
        # Two starts at the same moment must not fill the same environment. Freed when the file is closed.
        fcntl.flock(this_file, fcntl.LOCK_EX)
        venv = venv_folder(data)
        if not is_installed(venv, requirements):
            make(venv)
            install(venv, requirements)
    return venv / "bin" / "python"


def venv_folder(data: str | None) -> Path:
    """`.venv` beside this file; where that cannot be written, under the data folder or the user's cache."""
    beside = REPO / ".venv"
    if os.access(REPO, os.W_OK) or is_installed(beside, RUN_REQUIREMENTS):
        return beside
    if data:
        return Path(data).resolve() / "venv"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = f"{REPO.name}-{hashlib.sha256(str(REPO).encode()).hexdigest()[:8]}"
    return cache / "caseflow" / name / "venv"


def is_installed(venv: Path, requirements: Path) -> bool:
    """True when the stamp, written last, names these very requirements and the Python that runs there."""
    stamp = read_stamp(venv)
    same_packages = stamp.get(stamp_key(requirements)) == digest(requirements)
    return same_packages and stamp.get("python") == version_of(venv)


def stamp_key(requirements: Path) -> str:
    return str(requirements.relative_to(REPO))


def digest(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def read_stamp(venv: Path) -> dict[str, str]:
    try:
        stamp = json.loads((venv / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: Path, stamp: dict[str, str]) -> None:
    (venv / STAMP).write_text(json.dumps(stamp))


def version_of(venv: Path) -> str | None:
    command = [str(venv / "bin" / "python"), "-c", "import sys; print(sys.version)"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def make(venv: Path) -> None:
    """A new environment, unless a whole one, of ours or made by hand, stands there to install into."""
    half_made = (venv / STAMP).exists() and "python" not in read_stamp(venv)
    if version_of(venv) and not half_made:
        return
    shutil.rmtree(venv, ignore_errors=True)
    venv.mkdir(parents=True)
    if shutil.disk_usage(venv).free < NEEDED_BYTES:
        raise Trouble(f"Disken med {venv} är nästan full, Caseflow behöver 700 MB.", "frigör plats, kör igen")
    write_stamp(venv, {})
    print(f"Skapar en Pythonmiljö i {venv}", flush=True)
    # Debian's python3 has no ensurepip; the system's pip fills the environment from outside.
    command = [BASE_PYTHON, "-m", "venv", "--without-pip", str(venv)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Trouble(
            f"Pythonmiljön kunde inte skapas ({last_line(made.stderr + made.stdout)}).",
            "installera venv, på Debian: apt install python3-venv",
        )


def install(venv: Path, requirements: Path) -> None:
    """Fills the environment. The stamp is taken away first, so that one that was cut off is made anew."""
    pip = [python_with_pip(), "-m", "pip", "--python", str(venv / "bin" / "python"), "install"]
    pip += ["--require-hashes", "--disable-pip-version-check", "--no-input", "--retries", "2", "--timeout", "20"]
    log = venv / "install.log"
    former = read_stamp(venv)
    write_stamp(venv, {})
    with open(log, "w", encoding="utf-8") as log_file:
        done = install_with_uv(venv, pip, requirements, log_file) or run_installer(
            [*pip, "-r", str(requirements)], log_file, requirements
        )
    if not done:
        write_stamp(venv, former)
        raise Trouble(f"Paketen kunde inte installeras. Loggen finns i {log}.", way_out_of(log.read_text("utf-8")))
    # The test requirements hold the others; test tools from an earlier `run.py test` stay.
    new = {stamp_key(file): digest(file) for file in (requirements, RUN_REQUIREMENTS)}
    write_stamp(venv, {**former, **new, "python": str(version_of(venv))})


def python_with_pip() -> str:
    for python in (BASE_PYTHON, sys.executable):
        if subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return python
    raise Trouble("Det finns ingen pip för den här Python.", "på Debian: apt install python3-pip")


def install_with_uv(venv: Path, pip: list[str], requirements: Path, log: TextIO) -> bool:
    """uv installs in seconds what takes pip half a minute. False when it cannot, and pip is to do it all."""
    pinned = re.search(r"^uv==(?:.*\\\n)*.*", requirements.read_text(), re.MULTILINE)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", dir=venv) as only_uv:
        only_uv.write(pinned.group() if pinned else "")
        only_uv.flush()
        if not run_installer([*pip, "-r", only_uv.name], log, Path(only_uv.name)):
            return False
    uv = [str(venv / "bin" / "uv"), "pip", "install", "--python", str(venv / "bin" / "python")]
    return run_installer([*uv, "--require-hashes", "-r", str(requirements)], log, requirements)


def run_installer(command: list[str], log: TextIO, requirements: Path) -> bool:
    """Runs an installer, keeps what it says in the log and shows how far it has come."""
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_HTTP_TIMEOUT": "30", "PYTHONUNBUFFERED": "1"}
    packages = requirements.read_text().count("==")
    showing = [f"Installerar {packages} paket"]
    log.write(f"{' '.join(command)}\n")
    process = subprocess.Popen(
        command,
        env=environment,
        text=True,
        errors="replace",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=die_with_parent,
    )
    with process, ticking(showing):
        try:
            for line in process.stdout or ():
                log.write(line)
                package = PACKAGE.match(line)
                if package:
                    showing[0] = f"Installerar {packages} paket, nu {package.group(1)}"
        except KeyboardInterrupt:
            process.terminate()
            raise
    log.flush()
    return process.returncode == 0


def die_with_parent() -> None:
    """In the child: asks Linux to end it should this program be killed (1 is PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@contextlib.contextmanager
def ticking(showing: list[str]) -> Iterator[None]:
    """Shows the text with the seconds gone: in place on a terminal, else a line every fifth second."""
    begun, done = time.monotonic(), threading.Event()
    in_place = sys.stdout.isatty()

    def tick() -> None:
        while not done.wait(0.5 if in_place else 5):
            line = f"{showing[0]} ({time.monotonic() - begun:.0f} s)"
            print(f"\r\033[K{line[:78]}" if in_place else line, end="" if in_place else "\n", flush=True)

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if in_place:
            print("\r\033[K", end="", flush=True)


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["okänt fel"])[-1]


def way_out_of(text: str) -> str:
    if "No space left" in text:
        return "frigör plats på disken och kör samma kommando igen"
    if re.search(r"resolution|connection|timed out|unreachable|ProxyError|SSLError", text, re.IGNORECASE):
        return "kontrollera nätet (eller ange en spegel med PIP_INDEX_URL) och kör samma kommando igen"
    if "Permission denied" in text or "Read-only" in text:
        return "ange en mapp som du får skriva i med --data"
    return "läs loggens sista rader, rätta och kör samma kommando igen"


if __name__ == "__main__":
    main()
