"""JSON lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator

from cars.reading.rows import Row, json_row
from cars.reading.source import Source


def read_json_lines(source: Source) -> Iterator[Row]:
    """A row for each line that is not blank."""
    number = 0
    for line, raw in source.lines():
        if text := raw.strip():
            number += 1
            yield json_row(number, line, text)
