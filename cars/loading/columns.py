"""Which column of a file is which field of a car; none is left out without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cars.loading.makes import split_make
from cars.loading.proposals import ColumnsError, question
from cars.reading import Row, Table
from cars.reading.names import MAKE_AND_MODEL, cleaned, fields, required

# In the lists of others, where a field may be empty.
NOTHING = {"", "-", "--", "\u2014", "?", "na", "n/a", "#n/a", "nan", "none", "null"}
LONGEST_NOTHING = max(map(len, NOTHING))
OURS = "_"  # what names of our own begin with, as in a rejects file
KEPT = 1_000  # combinations of the names in JSON


class _Column(NamedTuple):
    name: str
    field: str
    may_be_empty: bool


class Columns:
    """Takes a car's fields out of rows.

    `mapping` is from columns to fields, "make+model" among them, and `ignored` are columns that are
    not needed, all by their cleaned names. What else there is in a file is told `note`, once.
    """

    def __init__(
        self, mapping: dict[str, str], ignored: set[str], note: Callable[[str], None]
    ) -> None:
        self._mapping = mapping
        self._ignored = ignored
        self._note = note
        self._noted: set[str] = set()
        self.unused = set(mapping)  # columns of `mapping` that no row has had
        self._plans: dict[tuple[str, ...], list[_Column]] = {}

    def check(self, table: Table) -> None:
        """Raises ColumnsError if the header of `table` lacks a field or leaves one in doubt."""
        if table.columns is None:
            return
        if absent := self._mapping.keys() - set(table.columns):
            found = ", ".join(table.columns)
            raise ColumnsError(
                table.line, f"--map names {', '.join(sorted(absent))}; the columns are {found}."
            )
        self._plan(tuple(table.columns), table.line, needed=required())

    def take(self, row: Row) -> dict[str, Any]:
        """The fields of a car that `row` gives; what is nothing is not given.

        Raises ColumnsError if it has a name that is nearly a field which it does not give.
        """
        names = tuple(row.fields)
        plan = self._plans.get(names)
        if plan is None:
            plan = self._plan(names, row.line)
        taken = {}
        for name, field, may_be_empty in plan:
            value = row.fields[name]
            if not _is_nothing(value, may_be_empty):
                taken[field] = value
        if MAKE_AND_MODEL in taken:
            taken |= split_make(taken.pop(MAKE_AND_MODEL))
        return taken

    def _plan(
        self, names: tuple[str, ...], line: int, needed: tuple[str, ...] = ()
    ) -> list[_Column]:
        if len(self._plans) >= KEPT:
            self._plans.clear()
        chosen = self._chosen(names)
        others = [cleaned(name) for name in names if name not in chosen.values()]
        unknown = [
            name
            for name in dict.fromkeys(others)
            if name not in self._ignored and not name.startswith(OURS)
        ]
        given = {part for field in chosen for part in field.split("+")}
        question(line, names, unknown, given, needed)
        if new := [name for name in unknown if name not in self._noted]:
            self._note(f"Ignored columns: {', '.join(new)}.")
            self._noted.update(new)
        plan = [_Column(name, field, field not in required()) for field, name in chosen.items()]
        self._plans[names] = plan
        return plan

    def _chosen(self, names: tuple[str, ...]) -> dict[str, str]:
        """The names by field: what is mapped wins over what has the field's own name."""
        by_field: dict[str, str] = {}
        for name in names:
            if field := self._mapping.get(cleaned(name)):
                by_field[field] = name
                self.unused.discard(cleaned(name))
        for name in names:
            if cleaned(name) in fields() and cleaned(name) not in self._mapping:
                by_field.setdefault(cleaned(name), name)
        return {
            field: name for field, name in by_field.items() if cleaned(name) not in self._ignored
        }


def _is_nothing(value: Any, may_be_empty: bool) -> bool:
    if value is None:
        return True
    if value.__class__ is not str or (len(value) > LONGEST_NOTHING and not value.isspace()):
        return False
    if may_be_empty:
        return value.strip().lower() in NOTHING
    return not value or value.isspace()
