"""In which order tables are emptied where there is no TRUNCATE.

Each DELETE takes 1,000 rows, so a table comes after all that refer to it. Tables that refer to each
other in a circle, and those that refer to themselves, have their references set to NULL first.
Where all references of a circle are required, it is emptied in one transaction, at whose end the
foreign keys are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from graphlib import TopologicalSorter

from dbauth.dsql.introspection import Reference
from dbauth.dsql.row_limit import BATCH_ROWS


class Flush:
    """The statements that empty some tables; each is to be run until it changes no row."""

    def __init__(
        self,
        references: Iterable[Reference],
        keys: dict[str, list[str]],
        quote: Callable[[str], str],
    ) -> None:
        self._references = list(references)
        self._keys = keys
        self._quote = quote

    def with_referrers(self, tables: Iterable[str]) -> set[str]:
        """The tables and all that lead to them, directly or not."""
        found = set(tables)
        while more := {each.table for each in self._references if each.target in found} - found:
            found |= more
        return found

    def statements(self, tables: Iterable[str]) -> Iterator[str]:
        wanted = set(tables)
        inner = [each for each in self._references if {each.table, each.target} <= wanted]
        reached = _reach(wanted, inner)
        loose = [each for each in inner if each.nullable and each.table in reached[each.target]]
        yield from map(self._take_off, loose)
        firm = [each for each in inner if each not in loose]
        for circle in _in_order(wanted, firm):
            [first, *others] = circle
            if others or any(each.table == each.target == first for each in firm):
                yield " ".join(f"DELETE FROM {self._quote(table)};" for table in circle)
            else:
                yield self._delete(first)

    def _take_off(self, reference: Reference) -> str:
        column = self._quote(reference.column)
        batch = self._batch(reference.table, f" WHERE {column} IS NOT NULL")
        return f"UPDATE {self._quote(reference.table)} SET {column} = NULL WHERE {batch};"

    def _delete(self, table: str) -> str:
        return f"DELETE FROM {self._quote(table)} WHERE {self._batch(table)};"

    def _batch(self, table: str, condition: str = "") -> str:
        columns = ", ".join(map(self._quote, self._keys[table]))
        rows = f"SELECT {columns} FROM {self._quote(table)}{condition} LIMIT {BATCH_ROWS}"
        return f"({columns}) IN ({rows})"


def _reach(tables: Iterable[str], references: list[Reference]) -> dict[str, set[str]]:
    """Where the foreign keys lead from each table, itself included."""
    targets: dict[str, set[str]] = {table: set() for table in tables}
    for each in references:
        targets[each.table].add(each.target)
    reached = {}
    for table in targets:
        found, ahead = {table}, [table]
        while ahead:
            new = targets[ahead.pop()] - found
            found |= new
            ahead += new
        reached[table] = found
    return reached


def _in_order(tables: set[str], references: list[Reference]) -> Iterator[list[str]]:
    """Circles of tables (most are a single one), those that refer to others before these."""
    reached = _reach(tables, references)
    circle_of = {
        table: tuple(sorted(other for other in reached[table] if table in reached[other]))
        for table in tables
    }
    before: dict[tuple[str, ...], set[tuple[str, ...]]] = {
        circle: set() for circle in sorted(circle_of.values())
    }
    for each in references:
        if circle_of[each.table] != circle_of[each.target]:
            before[circle_of[each.target]].add(circle_of[each.table])
    yield from map(list, TopologicalSorter(before).static_order())
