"""The command that renews what stands in static/vendor: fetched with npm, at the versions of the manifest."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import click

from caseflow.core.arguments import PlainCommand

FOLDER = Path(__file__).parents[2] / "static" / "vendor"
MANIFEST = "manifest.json"
NO_NPM = "Programmet npm behövs för att hämta paketen, och finns inte här. Installera Node.js och försök igen."
NOT_FETCHED = "{package} gick inte att hämta: {reason}. Inget är ändrat."
CHANGED = "{file} i {package} är inte den fil som manifestet anger. Inget är ändrat."

Entry = dict[str, str]


@click.command("vendor", cls=PlainCommand)
@click.option("--to", "wanted", nargs=2, metavar="PAKET VERSION", help="Byt ett paket till en annan version.")
def renew_vendored(wanted: tuple[str, str] | None) -> None:
    """Fetch the vendored files again and hold them to their hashes; --to takes a package to another version."""
    renew(FOLDER, *(wanted or ("", "")))
    click.echo("Filerna i static/vendor är hämtade och stämmer med manifestet.")


def renew(folder: Path, package: str = "", version: str = "") -> None:
    """Write the files anew, all or none. A file of an unchanged version must have the hash that the manifest says."""
    entries: list[Entry] = json.loads((folder / MANIFEST).read_text())
    if package and package not in {entry["name"] for entry in entries}:
        raise click.ClickException(f"{package} finns inte i manifestet.")
    for entry in entries:
        if entry["name"] == package:
            entry["source"] = entry["source"].replace(f"-{entry['version']}.tgz", f"-{version}.tgz")
            entry["version"] = version
    contents = fetched(entries)
    for entry in entries:
        found = hashlib.sha256(contents[entry["file"]]).hexdigest()
        # How a font is cut depends on the tool's version; the font that it is cut from stands here too, by its hash.
        if entry["name"] == package or "letters" in entry:
            entry["sha256"] = found
        elif found != entry["sha256"]:
            raise click.ClickException(CHANGED.format(file=entry["file"], package=named(entry)))
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps(entries, indent=2) + "\n")


def fetched(entries: list[Entry]) -> dict[str, bytes]:
    """Every file of the manifest, licences too, by its name here."""
    found = {}
    with tempfile.TemporaryDirectory() as place:
        archives = {package: packed(package, Path(place)) for package in {named(entry) for entry in entries}}
        for entry in entries:
            with tarfile.open(archives[named(entry)]) as archive:
                for path, name in wanted_files(entry):
                    member = archive.extractfile(f"package/{path}")
                    assert member is not None
                    found[name] = member.read()
    few = [(entry["file"], entry["letters"]) for entry in entries if "letters" in entry]
    return found | {file: cut(found[file], letters) for file, letters in few}


def cut(font: bytes, letters: str) -> bytes:
    """The font with these letters alone ("U+0100-0130,U+0132"): what a page needs of it is sooner there."""
    # Of the tests' packages: the site itself does not cut fonts.
    from fontTools import subset

    options = subset.Options(flavor="woff2")
    whole, made = subset.load_font(io.BytesIO(font), options), io.BytesIO()
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(letters))
    subsetter.subset(whole)
    subset.save_font(whole, made, options)
    return made.getvalue()


def wanted_files(entry: Entry) -> list[tuple[str, str]]:
    """Path in the package, and the name here."""
    kinds = (("path", "file"), ("licence_path", "licence_file"), ("notice_path", "notice_file"))
    return [(entry[path], entry[name]) for path, name in kinds if path in entry]


def packed(package: str, place: Path) -> Path:
    """The package's archive. npm checks that it is the one that was published."""
    command = ["npm", "pack", package, "--silent", "--pack-destination", str(place)]
    try:
        # The names are those of the manifest.
        made = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, cwd=place)  # noqa: S603
    except FileNotFoundError:
        raise click.ClickException(NO_NPM) from None
    except subprocess.SubprocessError as error:
        raise click.ClickException(NOT_FETCHED.format(package=package, reason=type(error).__name__)) from None
    return place / made.stdout.split()[-1]


def named(entry: Entry) -> str:
    return f"{entry['name']}@{entry['version']}"
