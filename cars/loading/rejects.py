"""Bad rows: said in a sentence, or kept in a file to be mended."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import orjson

from cars.loading import InvalidRow
from cars.reading.rows import ROW

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
    """JSON lines of a row's own fields with its `_line` and `_errors`; a mended one can be loaded.

    The file is made, and an old one replaced, when there is something to write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def write(self, rows: list[InvalidRow]) -> None:
        """Append `rows`; on the disk when this returns. Raises OSError."""
        if self._file is None:
            self._file = self.path.open("wb")
        self._file.writelines(_json_line(invalid) for invalid in rows)
        self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # already said by write(), which flushes
                self._file.close()


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
