"""`.venv/bin/python -m caseflow.local.supply`: what Caseflow is made of, as an SBOM (CycloneDX) and a list of licences.

Both come from requirements.txt, the installed packages' own words and `static/vendor/manifest.json`. What only tests
need is not part of the product. Holds no time and no serial number, so that the same parts give the same files.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from caseflow.local.folders import REPO
from caseflow.version import RELEASE

SBOM = REPO / "docs" / "sbom.cdx.json"
LICENCES = REPO / "docs" / "licences.md"
PIN = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)
HEAD = """# Licences

Written by `.venv/bin/python -m caseflow.local.supply`, with [sbom.cdx.json](sbom.cdx.json) (CycloneDX 1.6): everything
that runs or is sent to a browser, as its own package names its licence. A test says when either is out of date.

| part | version | licence | from |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Part:
    """A package of PyPI or npm, in the very version that is used."""

    kind: str
    name: str
    version: str
    licence: str


def parts() -> list[Part]:
    return [*_packages(), *_vendored()]


def _packages() -> Iterator[Part]:
    for name, version in PIN.findall((REPO / "requirements.txt").read_text()):
        # What is not installed, or in another version, is for another operating system or Python.
        with contextlib.suppress(PackageNotFoundError):
            if metadata(name)["Version"] == version:
                yield Part("pypi", name, version, licence_of(name))


def licence_of(name: str) -> str:
    """The licence as the package says it: its expression, else its classifiers, else the first line of its text."""
    told = metadata(name)
    classifiers = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier", []) if text.startswith("License")]
    expression, text = ((told.get_all(name) or [""])[0] for name in ("License-Expression", "License"))
    return expression or " or ".join(classifiers) or text.strip().partition("\n")[0] or "not stated"


def _vendored() -> Iterator[Part]:
    kept = json.loads((REPO / "static/vendor/manifest.json").read_text())
    for name, version, licence in dict.fromkeys((one["name"], one["version"], one["licence"]) for one in kept):
        yield Part("npm", name, version, licence)


def sbom(of: list[Part]) -> str:
    """The parts as CycloneDX."""
    product = Component(name="caseflow", version=RELEASE, type=ComponentType.APPLICATION, bom_ref="caseflow")
    bom = Bom(components=[_component(part) for part in of])
    bom.metadata.component = product
    bom.register_dependency(product, bom.components)
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["serialNumber"], written["metadata"]["timestamp"]
    return json.dumps(written, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _component(part: Part) -> Component:
    group, _, name = part.name.rpartition("/")
    address = PackageURL(part.kind, group or None, name, part.version)
    return Component(
        name=name,
        group=group or None,
        version=part.version,
        type=ComponentType.LIBRARY,
        purl=address,
        bom_ref=str(address),
        licenses=[DisjunctiveLicense(name=part.licence)],
    )


def licences(of: list[Part]) -> str:
    """The parts as a table."""
    rows = [f"| {part.name} | {part.version} | {part.licence.replace('|', ' or ')} | {part.kind} |" for part in of]
    return HEAD + "\n".join(rows) + "\n"


def write() -> None:
    found = parts()
    SBOM.write_text(sbom(found), encoding="utf-8")
    LICENCES.write_text(licences(found), encoding="utf-8")


if __name__ == "__main__":
    write()
