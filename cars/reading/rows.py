"""What readers yield."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from cars.reading.source import decode

# Where an error belongs that is not one field's.
ROW = "row"

JSON_TYPES = {list: "an array", str: "a string", type(None): "null", bool: "a boolean"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file.

    `number` counts the rows and `line` is the line the row begins at, both from 1. A row that is
    no row has `errors` ({"row": [...]}), and in `fields` what there is of it; there, names with an
    underscore hold what has no field.
    """

    number: int
    line: int
    fields: dict[str, Any]
    errors: dict[str, list[str]] = field(default_factory=dict)


def bad_row(number: int, line: int, reason: str, fields: dict[str, Any]) -> Row:
    return Row(number, line, fields, {ROW: [reason]})


def json_row(number: int, line: int, raw: bytes) -> Row:
    """The row that `raw` is the JSON text of, by the rules of the API's own parser (orjson).

    Raises UnreadableError if it is not UTF-8.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        reason = f"not valid JSON at line {line + error.lineno - 1}: {error.msg}"
    else:
        if isinstance(value, dict):
            return Row(number, line, value)
        found = JSON_TYPES.get(type(value), "a number")
        reason = f"expected an object with a car's fields, found {found}"
    return bad_row(number, line, reason, {"_text": decode(raw, line)})
