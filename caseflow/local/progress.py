"""What the person at the keyboard sees while something takes its time."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def step(title: str, log: Path | None = None) -> Iterator[None]:
    """Shows the title, the log's last line and the seconds gone: in place on a terminal, else every tenth second."""
    begun, done = time.monotonic(), threading.Event()
    told_before = log.stat().st_size if log else 0
    in_place = sys.stdout.isatty()

    def tick() -> None:
        while not done.wait(1 if in_place else 10):
            line = f"  {title} … {time.monotonic() - begun:.0f} s  {last_line(log, told_before)}"
            print(f"\r\033[K{line[:78]}" if in_place else line, end="" if in_place else "\n", flush=True)

    print(f"  {title} …", end="" if in_place else "\n", flush=True)
    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        if in_place:
            print(f"\r\033[K  {title}, {time.monotonic() - begun:.1f} s", flush=True)


def last_line(log: Path | None, told_before: int) -> str:
    """What the log says now, if anything has come since it had the given size."""
    told = log.read_bytes()[told_before:] if log else b""
    return told[-200:].decode(errors="replace").strip().rpartition("\n")[2]
