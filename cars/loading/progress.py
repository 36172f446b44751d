"""How far a load is: a bar on a terminal, a line now and then elsewhere, nothing if so wished."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from tqdm import tqdm

from cars.loading.outcome import Counts

ROWS_BETWEEN_LINES = 10_000
SECONDS_BETWEEN_LINES = 5.0


class Silent:
    """Also what the others are made of."""

    def update(self, counts: Counts, position: int) -> None:
        """A batch is committed; `position` is how many bytes of the source are read."""

    def note(self, text: str) -> None:
        """Say something that stays on the screen."""

    def close(self) -> None:
        """No more updates."""


class Lines(Silent):
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._rows = 0
        self._time = time.monotonic()

    def update(self, counts: Counts, position: int) -> None:
        now = time.monotonic()
        rows, seconds = counts.rows - self._rows, now - self._time
        if rows >= ROWS_BETWEEN_LINES or seconds >= SECONDS_BETWEEN_LINES:
            self.note(f"{counts.rows:,} rows ({rows / max(seconds, 0.001):,.0f} a second)")
            self._rows, self._time = counts.rows, now

    def note(self, text: str) -> None:
        self._stream.write(f"{text}\n")


class Bar(Silent):
    """On sys.stderr. `size` in bytes makes it a bar; a pipe has none and only counts rows."""

    def __init__(self, size: int | None) -> None:
        self._in_bytes = size is not None
        self._bar = tqdm(
            total=size,
            file=sys.stderr,
            unit="B" if self._in_bytes else " rows",
            unit_scale=self._in_bytes,
            unit_divisor=1024 if self._in_bytes else 1000,
            dynamic_ncols=True,
        )

    def update(self, counts: Counts, position: int) -> None:
        if self._in_bytes:
            self._bar.set_postfix_str(f"{counts.rows:,} rows", refresh=False)
        self._bar.update((position if self._in_bytes else counts.rows) - self._bar.n)

    def note(self, text: str) -> None:
        self._bar.write(text, file=sys.stderr)

    def close(self) -> None:
        self._bar.close()


def progress(stream: TextIO, size: int | None, verbosity: int) -> Silent:
    """What suits `stream`, a command's stderr. `size`: of the source in bytes, None for a pipe."""
    if not verbosity:
        return Silent()
    # Not on `stream`: what Django wraps a command's streams in ends every write with a newline.
    return Bar(size) if stream.isatty() else Lines(stream)
