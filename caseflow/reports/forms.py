"""What a controller writes about a frozen report."""

from __future__ import annotations

import secrets

from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from caseflow.core.language import _l
from caseflow.web.forms import Form, strip

MOST = 1000
TOO_LONG = _l("Skriv högst %(max)d tecken.")


class FreezeForm(Form):
    """`request` is given with the empty form: a form that is sent twice freezes once."""

    request = HiddenField(default=lambda: secrets.token_hex(16), validators=[InputRequired(), Length(max=40)])
    comment = TextAreaField(
        _l("Kommentar"),
        [
            DataRequired(_l("Skriv vad rapporten fryses för, till exempel Delårsrapport 2 2020.")),
            Length(max=MOST, message=TOO_LONG),
        ],
        filters=[strip],
        description=_l("Vad rapporten ska användas till. Skriv inga namn."),
    )


class WithdrawForm(Form):
    """Why a frozen report no longer holds."""

    reason = TextAreaField(
        _l("Skäl"),
        [DataRequired(_l("Skriv varför rapporten återkallas.")), Length(max=MOST, message=TOO_LONG)],
        filters=[strip],
        description=_l("Den återkallade rapporten kan fortfarande läsas. Skriv inga namn."),
    )
