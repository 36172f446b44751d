"""JSON lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator

from cars.reading.json_shapes import refuse_other_shapes
from cars.reading.rows import Row, Table, json_row
from cars.reading.source import Source


def read_json_lines(source: Source) -> Table:
    """A row for each line that is not blank."""
    refuse_other_shapes(source)
    return Table(_rows(source))


def _rows(source: Source) -> Iterator[Row]:
    number = 0
    for line, raw in source.lines():
        if text := raw.strip():
            number += 1
            yield json_row(number, line, text)
