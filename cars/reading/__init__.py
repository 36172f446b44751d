"""Rows of a file of cars: JSON array, JSON lines or CSV, one at a time, each with its line.

Nothing here keeps more of a file than one chunk and one row, and nothing knows what makes a car
valid: that is cars.serializers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from cars.reading.delimited import read_csv
from cars.reading.json_array import read_json_array
from cars.reading.json_lines import read_json_lines
from cars.reading.rows import Row, Table
from cars.reading.source import Source, UnreadableError

__all__ = ["FORMATS", "Row", "Source", "Table", "UnreadableError", "guess_format", "read", "stem"]

JSON_READERS: dict[str, Callable[[Source], Table]] = {
    "json": read_json_array,
    "jsonl": read_json_lines,
}
FORMATS = [*JSON_READERS, "csv"]
EXTENSIONS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}


def stem(name: str) -> str:
    """A file's name as if it were not packed: cars.csv.gz is cars.csv."""
    return name[: -len(".gz")] if name.lower().endswith(".gz") else name


def guess_format(name: str, first_character: bytes) -> str:
    """The name of a reader, from a file's name or, where that says nothing, from its beginning."""
    extension = PurePath(stem(name)).suffix.lower()
    if extension in EXTENSIONS:
        return EXTENSIONS[extension]
    # Many a file of JSON lines is called .json.
    if first_character == b"{":
        return "jsonl"
    return "json" if first_character == b"[" or extension == ".json" else "csv"


def read(source: Source, format_name: str, delimiter: str | None = None) -> Table:
    """The rows of `source`, bad ones included.

    Raises UnreadableError, also while rows are read, where the file cannot be followed any further:
    nothing in it, another encoding or shape, a broken header or bracket, a row of more than
    MAX_ROW_BYTES.
    """
    if not source.first_character:
        raise UnreadableError(source.first_line, "there is nothing in this file.")
    reader = JSON_READERS.get(format_name)
    return reader(source) if reader else read_csv(source, delimiter)
