"""CSV: a header that names the columns, in any order, then a car a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from cars.reading.csv_records import Record, Records
from cars.reading.names import cleaned, fields
from cars.reading.rows import Row, Table, bad_row
from cars.reading.source import Source, UnreadableError


def read_csv(source: Source, delimiter: str | None = None) -> Table:
    """A row for each record in which something is.

    Empty cells at the end of a row, as spreadsheets write them, are none. Of a record over several
    lines that is no good one only the first line is a bad row; see csv_records. Raises
    UnreadableError at once if the header is no CSV or has one of a car's fields twice.
    """
    records = Records(source, delimiter)
    remaining = iter(records)
    header = next(remaining)
    names = _names(header)
    return Table(_rows(remaining, names), names, header.line, records.delimiter)


def _rows(records: Iterable[Record], names: list[str]) -> Iterator[Row]:
    number, width = 0, len(names)
    for record in records:
        cells = record.cells
        if record.error or any(cells):
            number += 1
            if len(cells) == width:
                yield Row(number, record.line, dict(zip(names, cells, strict=True)))
            else:
                yield _uneven(number, record, names)


def _uneven(number: int, record: Record, names: list[str]) -> Row:
    if record.error:
        reason = f"not valid CSV: {record.error}"
        return bad_row(number, record.line, reason, {"_text": record.text})
    cells = _without_empty_end(record.cells)
    given: dict[str, Any] = dict(zip(names, cells, strict=False))
    if len(cells) > len(names):
        given["_surplus"] = cells[len(names) :]
    elif len(record.cells) >= len(names):
        return Row(number, record.line, dict.fromkeys(names, "") | given)
    reason = f"{len(cells)} cells where the header has {len(names)}"
    return bad_row(number, record.line, reason, given)


def _without_empty_end(cells: list[str]) -> list[str]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _names(header: Record) -> list[str]:
    """The columns' names, cleaned; those without one have a number, and each is there once."""
    if header.error:
        raise UnreadableError(header.line, f"the header is not valid CSV: {header.error}")
    names = [
        cleaned(cell) or f"column {number}"
        for number, cell in enumerate(_without_empty_end(header.cells), start=1)
    ]
    if twice := [name for name in fields() if names.count(name) > 1]:
        raise UnreadableError(header.line, f"the header has the column {twice[0]} twice.")
    seen: Counter[str] = Counter()
    for position, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            names[position] = f"{name} ({seen[name]})"
    return names
