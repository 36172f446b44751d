"""Bad rows, kept in a file to be corrected and loaded as it is.

It has what the rows have, in the columns of their file, and three more of our own: `_line`,
`_field` and `_reason`, which are left out when it is loaded. Rows of CSV are written as CSV, those
of JSON as JSON lines, and so are all in a file that is called .jsonl.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

import orjson
from django.core.management.base import CommandError

from cars.loading.columns import OURS
from cars.loading.descriptions import reasons
from cars.loading.outcome import InvalidRow
from cars.reading import Table, guess_format
from cars.reading.source import MAX_ROW_BYTES

LINE, FIELD, REASON = "_line", "_field", "_reason"
TEXT, SURPLUS = "_text", "_surplus"  # of rows that could not be parsed
BYTE_ORDER_MARK = "\ufeff"  # tells spreadsheets that it is UTF-8


class RejectsFile:
    """The bad rows of one file.

    It is made when there is something to write. An old one, fixed or not, is renamed then, to the
    first of NAME.1, NAME.2 ... that is free; `note` is told so.
    """

    def __init__(self, path: Path, table: Table, note: Callable[[str], None]) -> None:
        self.path = path
        self._note = note
        self._format = _json_lines if _is_json(path, table) else _Csv(table)
        self._file: IO[bytes] | None = None

    def write(self, rows: list[InvalidRow]) -> None:
        """Append `rows`; on the disk when this returns. Raises OSError."""
        if self._file is None:
            self._keep_old()
            self._file = self.path.open("wb")
        self._file.write(self._format(rows))
        self._file.flush()

    def _keep_old(self) -> None:
        if self.path.is_file():
            names = (self.path.with_name(f"{self.path.name}.{number}") for number in count(1))
            free = next(name for name in names if not name.exists())
            self.path.rename(free)
            self._note(f"{self.path} is there from an earlier load: it is now {free}")

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # already said by write(), which flushes
                self._file.close()


def check_rejects(path: Path) -> None:
    """Raises CommandError if rejects cannot be written to `path`, or it is a file of another kind.

    Its folder is looked at and nothing is made: most loads have no rejects.
    """
    if path.is_dir() or not os.access(path.parent, os.W_OK | os.X_OK):
        raise CommandError(
            f"--rejects is {path}, and no file can be written there. Name one in a folder that"
            " exists and is yours to write."
        )
    if path.is_file() and not _is_rejects(path):
        raise CommandError(
            f"--rejects is {path}, a file that this command did not write. Name another one."
        )


def _is_rejects(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(2 * MAX_ROW_BYTES)
    try:
        row = orjson.loads(first)
    except orjson.JSONDecodeError:
        return LINE.encode() in first and REASON.encode() in first
    return isinstance(row, dict) and LINE in row


def _is_json(path: Path, table: Table) -> bool:
    return table.columns is None or guess_format(path.name, b"") == "jsonl"


def _notes(invalid: InvalidRow) -> dict[str, Any]:
    return {
        LINE: invalid.row.line,
        FIELD: ", ".join(invalid.errors),
        REASON: reasons(invalid),
    }


class _Csv:
    """Makes CSV as the table's own of bad rows, with a header at first."""

    def __init__(self, table: Table) -> None:
        columns = [name for name in table.columns or () if not name.startswith(OURS)]
        self._names = [*columns, LINE, FIELD, REASON, TEXT, SURPLUS]
        self._delimiter = table.delimiter
        self._begun = False

    def __call__(self, rows: Iterable[InvalidRow]) -> bytes:
        text = io.StringIO()
        writer = csv.DictWriter(
            *(text, self._names),
            delimiter=self._delimiter,
            extrasaction="ignore",
            lineterminator="\n",
        )
        if not self._begun:
            self._begun = True
            text.write(BYTE_ORDER_MARK)
            writer.writeheader()
        for invalid in rows:
            surplus = self._delimiter.join(invalid.row.fields.get(SURPLUS, ()))
            writer.writerow(invalid.row.fields | {SURPLUS: surplus} | _notes(invalid))
        return text.getvalue().encode(errors="replace")


def _json_lines(rows: Iterable[InvalidRow]) -> bytes:
    return b"".join(map(_json_line, rows))


def _json_line(invalid: InvalidRow) -> bytes:
    notes, fields = _notes(invalid), invalid.row.fields
    if invalid.row.in_array:
        notes["_element"] = invalid.row.number
    try:
        return _dump(fields | notes)
    except orjson.JSONEncodeError:  # nested deeper than orjson writes, though it reads it
        return _dump({name: fields[name] for name in fields if _is_plain(fields[name])} | notes)


def _dump(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, (dict, list))
