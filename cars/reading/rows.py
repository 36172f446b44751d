"""What readers yield."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from cars.reading.source import decode

# Where an error belongs that is not one field's.
ROW = "row"

JSON_TYPES = {list: "an array", str: "a string", type(None): "null", bool: "a boolean"}


@dataclass(slots=True)
class Row:
    """One row of a file, by the names of its columns.

    `number` counts the rows and `line` is the line the row begins at, both from 1. A row that
    cannot be parsed has `errors` ({"row": [...]}), and in `fields` what there is of it; there,
    names with an underscore hold what has no column. The elements of an array may all be in one
    line, so that their number says more.
    """

    number: int
    line: int
    fields: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)
    in_array: bool = False

    @property
    def place(self) -> str:
        """Where to find it, such as "line 3" or "element 2 (line 3)"."""
        line = f"line {self.line}"
        return f"element {self.number} ({line})" if self.in_array else line


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file. `columns` are those of its header at `line`; JSON has none."""

    rows: Iterator[Row]
    columns: list[str] | None = None
    line: int = 1
    delimiter: str = ","


def bad_row(number: int, line: int, reason: str, fields: dict[str, Any]) -> Row:
    return Row(number, line, fields, {ROW: [reason]})


def json_row(number: int, line: int, raw: bytes, *, in_array: bool = False) -> Row:
    """The row that `raw` is the JSON text of, by the rules of the API's own parser (orjson).

    Raises UnreadableError if it is not UTF-8.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        reason = f"not valid JSON at line {line + error.lineno - 1}: {error.msg}"
    else:
        if isinstance(value, dict):
            return Row(number, line, value, in_array=in_array)
        found = JSON_TYPES.get(type(value), "a number")
        reason = f"expected an object with a car's fields, found {found}"
    fields = {"_text": decode(raw, line)}
    return Row(number, line, fields, {ROW: [reason]}, in_array=in_array)
