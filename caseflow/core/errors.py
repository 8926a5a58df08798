"""Errors that a user can meet. Each carries the Swedish sentence that the user reads."""

from __future__ import annotations

import traceback


class CaseflowError(Exception):
    """Base of every error with a sentence for the user; `status` is its HTTP status."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RuleBroken(CaseflowError):
    """A step that the flow does not allow, or input that a rule refuses.

    `field` names the form field or file column the sentence is about, where there is one.
    """

    status = 409

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(CaseflowError):
    """The user's role may not do this."""

    status = 403


class NotFound(CaseflowError):
    """The row does not exist, or lies outside what the user may see: the two are never told apart."""

    status = 404


class StaleEdit(CaseflowError):
    """Somebody else changed the row after the user opened it.

    `opened_version` and `current_version` are the two versions of the row.
    """

    status = 409

    def __init__(self, message: str, opened_version: int, current_version: int) -> None:
        super().__init__(message)
        self.opened_version = opened_version
        self.current_version = current_version


def place_of(error: BaseException) -> str:
    """Where the error was raised, file by line: enough to mend it by, without the data that its text may quote."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
