"""Rows of a file of cars: JSON array, JSON lines or CSV, one at a time, each with its line.

Nothing here keeps more of a file than one chunk and one row, and nothing knows what makes a car
valid: that is cars.serializers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from cars.reading.delimited import read_csv
from cars.reading.json_array import read_json_array
from cars.reading.json_lines import read_json_lines
from cars.reading.rows import Row
from cars.reading.source import Source, UnreadableError

__all__ = ["READERS", "Row", "Source", "UnreadableError", "guess_format", "read"]

READERS: dict[str, Callable[[Source], Iterator[Row]]] = {
    "json": read_json_array,
    "jsonl": read_json_lines,
    "csv": read_csv,
}
EXTENSIONS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}


def guess_format(name: str, first_character: bytes) -> str:
    """The name of a reader, from a file's name or, where that says nothing, from its beginning."""
    extension = PurePath(name).suffix.lower()
    if extension in EXTENSIONS:
        return EXTENSIONS[extension]
    # Many a file of JSON lines is called .json.
    if first_character == b"{":
        return "jsonl"
    return "json" if first_character == b"[" or extension == ".json" else "csv"


def read(source: Source, format_name: str) -> Iterator[Row]:
    """The rows of `source`, bad ones included.

    Raises UnreadableError where the file cannot be followed any further: nothing in it, another
    encoding, missing columns, broken brackets, a row of more than MAX_ROW_BYTES.
    """
    if not source.first_character:
        raise UnreadableError(source.first_line, "there is nothing in this file.")
    return READERS[format_name](source)
