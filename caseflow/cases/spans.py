"""A participant's cases beside each other, as spans of days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _


@dataclass(frozen=True)
class Span:
    """One of a participant's cases as a span of days; `closed_on` None while it is open."""

    number: str
    referred_on: date
    closed_on: date | None


def check_spans(spans: Sequence[Span]) -> None:
    """A participant is in one case at a time. The closing day may be the next referral's day."""
    ordered = sorted(spans, key=lambda span: (span.referred_on, span.closed_on or date.max))
    for earlier, later in pairwise(ordered):
        if earlier.closed_on is None:
            raise RuleBroken(
                _(
                    "Deltagaren har redan ett pågående ärende, %(earlier)s. Avsluta det innan en ny anvisning görs.",
                    earlier=earlier.number,
                ),
                field="personnummer",
            )
        if later.referred_on < earlier.closed_on:
            raise RuleBroken(
                _(
                    "Ärendena %(earlier)s och %(later)s överlappar: det första avslutades %(closed_on)s. "
                    "Ange ett anvisningsdatum från den dagen.",
                    earlier=earlier.number,
                    later=later.number,
                    closed_on=earlier.closed_on,
                ),
                field="anvisad",
            )
