"""Where data lie on one's own machine, and as whom the servers run there."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path

from caseflow.local.trouble import Trouble

REPO = Path(__file__).resolve().parents[2]
ANCHORS = "anchors"
NEEDED_BYTES = 300 * 1024 * 1024


def data_folder(named: str | Path | None = None) -> Path:
    """The folder named in the call, else in CASEFLOW_DATA, else the default one."""
    chosen = named or os.environ.get("CASEFLOW_DATA")
    return Path(chosen).resolve() if chosen else default_data_folder()


def default_data_folder() -> Path:
    """`.data` in the repository.

    Root may not run PostgreSQL, so the servers run as another user, who must be able to get there: a
    repository below /root has its data in /var/lib/caseflow instead. Where the repository cannot be written,
    the data lie with the user's own.
    """
    own_name = f"{REPO.name}-{hashlib.sha256(str(REPO).encode()).hexdigest()[:8]}"
    if os.access(REPO, os.W_OK):
        return REPO / ".data" if reachable(REPO, server_user()) else Path("/var/lib/caseflow") / own_name
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "caseflow" / own_name


def server_user() -> pwd.struct_passwd | None:
    """Whom the servers run as when we are root: PostgreSQL refuses root. None when we are anybody else."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Trouble(
        "Databasen får inte köras som root, och användarna postgres och nobody saknas.",
        "kör samma kommando som en vanlig användare",
    )


def reachable(path: Path, user: pwd.struct_passwd | None) -> bool:
    """Whether the user may go through every folder down to the path."""
    if user is None:
        return True
    for folder in (path, *path.parents):
        if folder.exists():
            status = folder.stat()
            bit = stat.S_IXUSR if status.st_uid == user.pw_uid else stat.S_IXOTH
            if not status.st_mode & bit:
                return False
    return True


def prepare(data: Path) -> None:
    """Makes the data folder, with those for logs and for the anchors of the audit, closed to others, or says why it
    cannot be used."""
    user = server_user()
    choose_another = "välj en annan mapp med --data MAPP"
    try:
        (data / "log").mkdir(parents=True, exist_ok=True)
        # The servers' own user must get through to its part, but lists and reads nothing of the rest.
        data.chmod(0o711 if user else 0o700)
        (data / ANCHORS).mkdir(exist_ok=True)
        for folder in (data / "log", data / ANCHORS):
            folder.chmod(0o700)
    except NotADirectoryError as error:
        raise Trouble(f"{data} är ingen mapp.", choose_another) from error
    except FileExistsError as error:
        raise Trouble(f"{data} är en fil, ingen mapp.", choose_another) from error
    except OSError as error:
        raise Trouble(f"Det går inte att skriva i datamappen {data}.", choose_another) from error
    if not reachable(data, user):
        raise Trouble(f"Databasens användare {user and user.pw_name} når inte {data}.", choose_another)
    if shutil.disk_usage(data).free < NEEDED_BYTES:
        raise Trouble(f"Disken med {data} är nästan full.", "frigör minst 300 MB, eller " + choose_another)


def make_owned(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """A folder for the servers' user alone."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def write_for(owner: pwd.struct_passwd | None, file: Path, text: str) -> None:
    """A file that only the servers' user may read."""
    file.unlink(missing_ok=True)
    file.touch(0o600)
    file.write_text(text)
    if owner:
        os.chown(file, owner.pw_uid, owner.pw_gid)
