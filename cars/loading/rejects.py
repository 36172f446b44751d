"""Bad rows: described in a sentence, or kept in a file to be fixed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

import orjson
from django.core.management.base import CommandError

from cars.loading import InvalidRow
from cars.reading.rows import ROW
from cars.reading.source import MAX_ROW_BYTES

DESCRIBED = 10


def describe(rows: list[InvalidRow]) -> str:
    """A line each, such as `line 17: year: A valid integer is required.`; ten at most."""
    lines = [f"line {bad.row.line}: {_reasons(bad.errors)}" for bad in rows[:DESCRIBED]]
    if len(rows) > DESCRIBED:
        lines.append(f"... and {len(rows) - DESCRIBED:,} more")
    return "\n".join(lines)


def _reasons(errors: dict[str, list[str]]) -> str:
    return "; ".join(
        " ".join(texts) if name == ROW else f"{name}: {' '.join(texts)}"
        for name, texts in errors.items()
    )


class RejectsFile:
    """JSON lines of a row's own fields with its `_line` and `_errors`; a fixed row can be loaded.

    The file is made when there is something to write. An old one, fixed or not, is renamed then,
    to the first of NAME.1, NAME.2 ... that is free; `note` is told so.
    """

    def __init__(self, path: Path, note: Callable[[str], None]) -> None:
        self.path = path
        self._note = note
        self._file: IO[bytes] | None = None

    def write(self, rows: list[InvalidRow]) -> None:
        """Append `rows`; on the disk when this returns. Raises OSError."""
        if self._file is None:
            self._keep_old()
            self._file = self.path.open("wb")
        self._file.writelines(_json_line(invalid) for invalid in rows)
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
    try:
        with path.open("rb") as file:
            first = orjson.loads(file.readline(2 * MAX_ROW_BYTES))
    except (OSError, orjson.JSONDecodeError):
        return False
    return isinstance(first, dict) and "_line" in first


def _json_line(invalid: InvalidRow) -> bytes:
    notes = {"_line": invalid.row.line, "_errors": invalid.errors}
    fields = invalid.row.fields
    try:
        return _dump(fields | notes)
    except orjson.JSONEncodeError:  # nested deeper than orjson writes, though it reads it
        return _dump({name: fields[name] for name in fields if _is_plain(fields[name])} | notes)


def _dump(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, (dict, list))
