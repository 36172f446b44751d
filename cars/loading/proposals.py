"""What to say where columns may be a car's under another name: options that are ready to paste."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence

from cars.reading import UnreadableError
from cars.reading.names import MAKE_AND_MODEL, cleaned, fields, likely_column, required


class ColumnsError(UnreadableError):
    """It is not known which column is which field. The message has the options that say it."""


def question(
    line: int,
    names: Sequence[str],
    unknown: list[str],
    given: Collection[str],
    needed: Collection[str],
) -> None:
    """Raises ColumnsError if one of `unknown` may be a field, or a `needed` one is missing.

    `names` are all columns of the file and `given` the fields that they give.
    """
    likely = _likely(unknown, given)
    missing = [field for field in needed if field not in given]
    lines = []
    if missing:
        found = ", ".join(map(cleaned, names))
        lines.append(f"the header has no column {', '.join(missing)}; it has {found}.")
    if likely:
        listed = ", ".join(f"{column} ({field}?)" for field, column in likely.items())
        lines += [
            f"There may be a car's fields under other names: {listed}.",
            f"Say what they are: {_maps(likely)}",
        ]
        if optional := [name for field, name in likely.items() if field in _optional()]:
            lines.append(f"or leave them out: {_ignores(optional)}")
    elif missing:
        lines.append(f"Say which column it is: --map COLUMN={missing[0]}")
    if lines:
        raise ColumnsError(line, "\n".join(lines))


def _likely(unknown: list[str], given: Collection[str]) -> dict[str, str]:
    """By field: the column that may be meant for it, where no column is."""
    remaining, found = list(unknown), {}
    for field in fields():
        if field not in given and (column := likely_column(field, remaining)):
            remaining.remove(column)
            found[field] = column
    both = MAKE_AND_MODEL.split("+")
    if not any(part in given or part in found for part in both) and (
        column := likely_column(MAKE_AND_MODEL, remaining)
    ):
        found = {MAKE_AND_MODEL: column} | found
    return found


def _optional() -> set[str]:
    return set(fields()) - set(required())


def _maps(columns: dict[str, str]) -> str:
    return " ".join(f"--map {shlex.quote(f'{name}={field}')}" for field, name in columns.items())


def _ignores(names: list[str]) -> str:
    return " ".join(f"--ignore {shlex.quote(name)}" for name in names)
