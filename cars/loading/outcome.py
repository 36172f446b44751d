"""What becomes of rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from cars.reading import Row


@dataclass
class Counts:
    """What became of the rows so far. `repeated` ones say what another row of the file says."""

    loaded: int = 0
    already_there: int = 0
    repeated: int = 0
    rejected: int = 0

    @property
    def rows(self) -> int:
        return self.loaded + self.already_there + self.repeated + self.rejected

    def __str__(self) -> str:
        texts = [f"{self.loaded:,} loaded", f"{self.already_there:,} already there"]
        if self.repeated:
            texts.append(f"{self.repeated:,} repeated")
        if self.rejected:
            texts.append(f"{self.rejected:,} rejected")
        return ", ".join(texts)


@dataclass(frozen=True, slots=True)
class InvalidRow:
    """A row that is not stored: `errors` are texts by field, as the API would answer.

    `values` are what it says in those fields, as far as it says something.
    """

    row: Row
    errors: dict[str, list[str]]
    values: dict[str, object] = field(default_factory=dict)


@dataclass
class Batch:
    """What became of one batch: its bad rows, and sentences about repeated ones."""

    invalid: list[InvalidRow] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


class InvalidRowsError(Exception):
    """A batch has bad rows, and they were not to be skipped."""

    def __init__(self, rows: list[InvalidRow]) -> None:
        super().__init__(f"{len(rows)} invalid rows")
        self.rows = rows
