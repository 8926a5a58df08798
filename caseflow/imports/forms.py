"""The upload form."""

from __future__ import annotations

import secrets

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField, HiddenField
from wtforms.validators import Length

from caseflow.core.language import _l
from caseflow.web.forms import Form


class UploadForm(Form):
    """Files to check or to read in; the button that was pressed says which."""

    request = HiddenField(default=lambda: secrets.token_hex(16), validators=[Length(max=40)])
    files = MultipleFileField(
        _l("Filer"),
        description=_l(
            "CSV, XLSX eller ZIP. Välj flera samtidigt, i vilken ordning som helst. Högst 50 MB tillsammans."
        ),
        validators=[FileRequired(_l("Välj minst en fil."))],
    )
    strict = BooleanField(_l("Läs in allt eller inget"), description=_l("Är en enda rad fel ändras ingenting."))
