"""A report as a file to fetch, in any of the formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from caseflow.core.errors import NotFound
from caseflow.core.language import _
from caseflow.reports.as_csv import csv_text
from caseflow.reports.as_json import AddressOf, json_text
from caseflow.reports.as_pdf import pdf_bytes
from caseflow.reports.as_xlsx import xlsx_bytes
from caseflow.reports.document import Document

Write = Callable[[Document, AddressOf | None], str | bytes]
WRITERS: dict[str, tuple[str, Write]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes),
    "pdf": ("application/pdf", pdf_bytes),
    "csv": ("text/csv; charset=utf-8", csv_text),
    "json": ("application/json", json_text),
}


@dataclass(frozen=True)
class ReportFile:
    """Name, media type and content."""

    name: str
    mimetype: str
    content: bytes


def as_file(document: Document, form: str, address_of: AddressOf | None) -> ReportFile:
    """The document in the format. Raises NotFound."""
    if form not in WRITERS:
        raise NotFound(_("Formatet %(format)s finns inte. Välj %(formats)s.", format=form, formats=", ".join(WRITERS)))
    mimetype, write = WRITERS[form]
    written = write(document, address_of)
    content = written.encode() if isinstance(written, str) else written
    outside = "-for-utlamnande" if document.external else ""
    return ReportFile(f"{document.key}-{document.as_of}{outside}.{form}", mimetype, content)
