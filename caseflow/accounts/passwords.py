"""Passwords: argon2id with the library's defaults (RFC 9106, low memory). Length counts, not what signs there are.

A new one is held against passwords that have leaked (the list that zxcvbn carries, with its variants: years and signs
after, letters changed for digits, repetitions, rows of keys) and against the words that anybody tries first here.
"""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from caseflow.core.errors import RuleBroken
from caseflow.core.language import _

MIN_LENGTH = 12
MAX_LENGTH = 200
# Without the letters and digits that are taken for one another when read aloud.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"

# Online guessing is stopped long before; this also holds a while should the hashes leak (zxcvbn's score 3 of 4).
GUESSES = 10**8
# zxcvbn reads no more, and what is longer is no easier.
LENGTH_READ = 72
# What anybody tries first here, beside what has leaked in English.
TRIED_FIRST = (
    *("caseflow", "arbetsmarknad", "arbetsmarknadsnämnden", "anvisning", "placering", "praktik", "kommun", "kommunen"),
    *("linköping", "linkoping", "östergötland", "sverige", "lösenord", "losenord", "hemligt", "välkommen"),
    *("valkommen", "hejsan", "sommar", "sommaren", "vinter", "vintern", "höst", "hösten"),
    *("host", "hosten", "vår", "våren", "varen", "januari", "februari", "mars"),
    *("april", "maj", "juni", "juli", "augusti", "september", "oktober", "november"),
    *("december", "måndag", "tisdag", "onsdag", "torsdag", "fredag"),
)

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store, with its salt and parameters."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Takes as long when there is none."""
    try:
        return _hasher.verify(stored or _hash_of_nobody(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def check_new(password: str, username: str) -> None:
    """Raise RuleBroken with what is wrong with a new password. Length is what counts (NIST SP 800-63B)."""
    if len(password) < MIN_LENGTH:
        raise RuleBroken(_("Välj ett lösenord med minst %(count)s tecken.", count=MIN_LENGTH), field="new_password")
    if len(password) > MAX_LENGTH:
        raise RuleBroken(_("Välj ett lösenord med högst %(count)s tecken.", count=MAX_LENGTH), field="new_password")
    if username in password.lower():
        raise RuleBroken(_("Välj ett lösenord som inte innehåller ditt användarnamn."), field="new_password")
    if not is_hard_to_guess(password, username):
        told = _("Lösenordet är lätt att gissa, eller har läckt någon annanstans. Välj till exempel en hel mening.")
        raise RuleBroken(told, field="new_password")


def is_hard_to_guess(password: str, username: str) -> bool:
    """Whether somebody who tries known passwords and their variants first needs at least `GUESSES`."""
    known = [*TRIED_FIRST, username, *username.split(".")]
    return bool(zxcvbn(password[:LENGTH_READ], known)["guesses"] >= GUESSES)


def one_time_password() -> str:
    """A password to hand over once: four groups of four, about 79 bits."""
    letters = [secrets.choice(READABLE) for place in range(16)]
    return "-".join("".join(letters[place : place + 4]) for place in range(0, 16, 4))


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_hex())
