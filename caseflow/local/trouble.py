"""The one exception that ends a local run, and how it is told."""

from __future__ import annotations

from pathlib import Path

READ_THE_LOG = "läs loggens sista rader, rätta och kör samma kommando igen"


class Trouble(Exception):
    """Something went wrong that the person at the keyboard can mend.

    `sentence` says what happened, `way_out` what to do about it, `log` where more can be read.
    """

    def __init__(self, sentence: str, way_out: str, log: Path | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.way_out = way_out
        self.log = log

    def __str__(self) -> str:
        told = f"{self.sentence}\nGör så här: {self.way_out}."
        return f"{told}\nLogg: {self.log}" if self.log else told


def way_out_of(log: Path, otherwise: str) -> str:
    """What to do, judged by what a failed program wrote in its log."""
    text = log.read_text(errors="replace")[-20_000:] if log.exists() else ""
    if "No space left" in text:
        return "frigör plats på disken och kör samma kommando igen"
    if "Permission denied" in text:
        return "välj en mapp som du får skriva i med --data"
    return otherwise
