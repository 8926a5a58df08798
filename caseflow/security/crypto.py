"""Personnummer, and files that hold them, at rest: encrypted for reading back, hashed with a key for look-up."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from flask import current_app


def encrypt(text: str) -> bytes:
    """The text encrypted with the newest of the keys in CASEFLOW_PNR_KEY."""
    return _fernet().encrypt(text.encode())


def encrypt_bytes(content: bytes) -> bytes:
    """A whole file encrypted in the same way."""
    return _fernet().encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """The file again."""
    return _fernet().decrypt(token)


def decrypt(token: bytes) -> str:
    """The text again, with whichever of the keys it was encrypted."""
    return _fernet().decrypt(token).decode()


def lookup_hash(text: str) -> bytes:
    """HMAC-SHA256 of the text: equal texts meet, and nobody without the key can list the possible ones."""
    key = str(current_app.config["CASEFLOW_PNR_HASH_KEY"]).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def pseudonym(kind: str, key: int) -> str:
    """A name that is the same every time and cannot be turned back without the key: "3f9a-2c1b-77e0"."""
    digits = lookup_hash(f"{kind}:{key}").hex()[:12]
    return "-".join(digits[place : place + 4] for place in (0, 4, 8))


def _fernet() -> MultiFernet:
    # Several keys, comma between, newest first: that is how a key is changed.
    keys = str(current_app.config["CASEFLOW_PNR_KEY"]).split(",")
    return MultiFernet([Fernet(key.strip()) for key in keys])
