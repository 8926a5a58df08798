"""`.venv/bin/python -m caseflow.local.known_flaws`: asks the advisory database about every pinned package (pip-audit).

Any known flaw fails, whatever its severity: the database often gives none. A database that cannot be reached is told of
in plain words and fails nothing, for a closed machine must be able to run the rest.
"""

from __future__ import annotations

import json
import subprocess
import sys

from caseflow.local.folders import REPO

FILES = ("requirements.txt", "tests/requirements.txt", "bench/requirements.txt")


def main() -> int:
    return max(told(name, asked(name)) for name in FILES)


def asked(name: str) -> str:
    """What pip-audit answers, as JSON; nothing when it could not ask."""
    command = [sys.executable, "-m", "pip_audit", "-r", name, "--disable-pip", "--require-hashes", "-f", "json"]
    command += ["--progress-spinner", "off", "--timeout", "20"]
    try:
        return subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=600, check=False).stdout
    except subprocess.TimeoutExpired:
        return ""


def told(name: str, answer: str) -> int:
    """Say what the answer means. 1 when a package has a known flaw."""
    try:
        packages = json.loads(answer)["dependencies"]
    except ValueError:
        packages = []
    flawed = [package for package in packages if package.get("vulns")]
    looked_at = sum("skip_reason" not in package for package in packages)
    for package in flawed:
        for flaw in package["vulns"]:
            mended = ", ".join(flaw["fix_versions"]) or "ingen version ännu"
            print(f"{name}: {package['name']} {package['version']} har {flaw['id']}. Rättat i: {mended}.")
    if not looked_at:
        print(f"{name}: INGET granskades, databasen med kända sårbarheter gick inte att nå. Kör om med nätverk.")
    elif looked_at < len(packages):
        print(f"{name}: {looked_at} av {len(packages)} paket granskade, resten känner databasen inte.")
    elif not flawed:
        print(f"{name}: {looked_at} paket granskade, inga kända sårbarheter.")
    return 1 if flawed else 0


if __name__ == "__main__":
    sys.exit(main())
