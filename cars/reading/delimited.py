"""CSV: a header that names the columns, in any order, then a car a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from cars.reading.rows import Row, bad_row
from cars.reading.source import MAX_ROW_BYTES, Source, UnreadableError, decode, too_long
from cars.serializers import CarSerializer

DELIMITERS = ",;\t"


@dataclass(slots=True)
class _Record:
    """The cells of a record, none if the csv module found an `error` in its `text`."""

    line: int
    text: str
    cells: list[str]
    error: str = ""


def read_csv(source: Source) -> Iterator[Row]:
    """A row for each record that is not blank. An empty cell is a field that is not given.

    Columns that no car has come along, for the rejects file. Raises UnreadableError at once if the
    header lacks a required column or has one of a car's twice.
    """
    records = _records(source)
    names = _names(next(records))
    for number, record in enumerate(records, start=1):
        yield _row(number, record, names)


def _row(number: int, record: _Record, names: list[str]) -> Row:
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


def _names(header: _Record) -> list[str]:
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


def _records(source: Source) -> Iterator[_Record]:
    """The header and what follows it, without blank lines; cut by the csv module.

    After an error the csv module goes on with the next line, and so a quote that is missing costs
    a few rows and not the rest of the file.
    """
    feed = _Feed(source)
    reader = csv.reader(feed, delimiter=feed.delimiter, strict=True)
    while True:
        record = _Record(feed.next_line, "", [])
        try:
            record.cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            record.error = str(error)
        record.text = feed.take()
        if record.cells or record.error:
            yield record


class _Feed:
    """Lines for csv.reader; remembers those of the record that it is at, and bounds them.

    The source must not be empty.
    """

    def __init__(self, source: Source) -> None:
        lines = source.lines()
        self.next_line, first = next(lines)
        self.delimiter = _delimiter(decode(first, self.next_line))
        self._lines = chain([(self.next_line, first)], lines)
        self._read: list[str] = []
        self._bytes = 0

    def __iter__(self) -> Iterator[str]:
        for line, raw in self._lines:
            self._bytes += len(raw)
            if self._bytes > MAX_ROW_BYTES:
                raise too_long(line - len(self._read))
            self.next_line = line + 1
            self._read.append(decode(raw, line))
            yield self._read[-1]

    def take(self) -> str:
        """The text of the record that csv.reader has just finished."""
        text = "".join(self._read)
        self._read.clear()
        self._bytes = 0
        return text


def _delimiter(header: str) -> str:
    """The one that makes most of a car's fields out of the header; a comma if all make none."""
    known = set(CarSerializer().fields)

    def fields(delimiter: str) -> int:
        return len(known & {name.strip(' "\r\n').lower() for name in header.split(delimiter)})

    return max(DELIMITERS, key=fields)
