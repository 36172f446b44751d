"""How the cells of a CSV are separated."""

from __future__ import annotations

import csv
import re

from cars.reading.names import cleaned, is_known

DELIMITERS = ",;\t|"
# Excel's own way to say it, in a line before the header.
SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def named_delimiter(line: str) -> str | None:
    """The delimiter that a line such as `sep=;` names, None for another line."""
    found = SEP.fullmatch(line)
    return found[1] if found else None


def guessed_delimiter(header: str) -> str:
    """The one that makes most names of a car's fields out of the header, then most cells."""

    def score(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return sum(is_known(cleaned(cell)) for cell in cells), len(cells)

    return max(DELIMITERS, key=score)
