"""The upload form."""

from __future__ import annotations

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField

from caseflow.web.forms import Form


class UploadForm(Form):
    """Files to check or to read in; the button that was pressed says which."""

    files = MultipleFileField(
        "Filer",
        description="CSV, XLSX eller ZIP. Välj flera samtidigt, i vilken ordning som helst. Högst 50 MB tillsammans.",
        validators=[FileRequired("Välj minst en fil.")],
    )
    strict = BooleanField("Läs in allt eller inget", description="Är en enda rad fel ändras ingenting.")
