"""CSV: a header that names the columns, in any order, then a car a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cars.reading.csv_records import Record, csv_records
from cars.reading.rows import Row, bad_row
from cars.reading.source import Source, UnreadableError
from cars.serializers import CarSerializer


def read_csv(source: Source) -> Iterator[Row]:
    """A row for each record that is not blank. An empty cell is a field that is not given.

    Columns that no car has come along, for the rejects file. Of a record over several lines that is
    no good one only the first line is a bad row; see csv_records. Raises UnreadableError at once if
    the header lacks a required column or has one of a car's twice.
    """
    records = csv_records(source)
    names = _names(next(records))
    for number, record in enumerate(records, start=1):
        yield _row(number, record, names)


def _row(number: int, record: Record, names: list[str]) -> Row:
    if record.error:
        reason = f"not valid CSV: {record.error}"
        return bad_row(number, record.line, reason, {"_text": record.text})
    cells = record.cells
    fields: dict[str, Any] = {
        name: cell for name, cell in zip(names, cells, strict=False) if cell and not cell.isspace()
    }
    if len(cells) == len(names):
        return Row(number, record.line, fields)
    if len(cells) > len(names):
        fields["_surplus"] = cells[len(names) :]
    reason = f"{len(cells)} cells where the header has {len(names)}"
    return bad_row(number, record.line, reason, fields)


def _names(header: Record) -> list[str]:
    """The columns' names, stripped and in lower case; checked."""
    if header.error:
        raise UnreadableError(header.line, f"the header is not valid CSV: {header.error}")
    names = [name.strip().lower() for name in header.cells]
    fields = {name: field for name, field in CarSerializer().fields.items() if not field.read_only}
    missing = [name for name, field in fields.items() if field.required and name not in names]
    if missing:
        found = ", ".join(names)
        raise UnreadableError(
            header.line, f"the header has no column {', '.join(missing)}; it has {found}."
        )
    if twice := [name for name in fields if names.count(name) > 1]:
        raise UnreadableError(header.line, f"the header has the column {twice[0]} twice.")
    return names
