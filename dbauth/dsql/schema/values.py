"""Whether the values of a column are values of another type, found out by reading alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from django.db import DataError
from django.db.backends.ddl_references import Columns
from django.db.models import Model

from dbauth.dsql.row_limit import BATCH_ROWS

# `migrate` may have half a minute in all, and looks again each time it is begun.
MOST_ROWS = 100 * BATCH_ROWS
MOST_NAMED = 5
LONGEST_NAMED = 40

Key = tuple[Any, ...]


class Values:
    """The values of one column as they are now."""

    def __init__(self, connection: Any, model: type[Model], column: str, new_type: str) -> None:
        self._connection, self._model, self._type = connection, model, new_type
        quote = connection.ops.quote_name
        key = model._meta.pk
        columns = getattr(key, "columns", [key.column])
        self._name = column
        self._keys = str(Columns(model._meta.db_table, columns, quote))
        self._marks = ", ".join(["%s"] * len(columns))
        self._column, self._table = quote(column), quote(model._meta.db_table)

    def exist(self) -> bool:
        """Whether the table has the column yet."""
        return bool(
            self._query(
                "SELECT 1 FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_class c ON c.oid ="
                " attrelid WHERE relname = %s AND attname = %s AND NOT attisdropped"
                " AND pg_catalog.pg_table_is_visible(c.oid)",
                [self._model._meta.db_table, self._name],
            )
        )

    def check(self) -> None:
        """Raise DataError with the first rows whose values cannot be cast.

        Of MOST_ROWS rows, in the order of the key; of others the copying finds it out.
        """
        bad = chain.from_iterable(map(self._bad, self._batches()))
        if named := [self._described(key) for key in islice(bad, MOST_NAMED)]:
            raise self.refusal("; ".join(named))

    def refusal(self, problem: object) -> DataError:
        return DataError(
            f"{self._model._meta.label}: a value of {self._name} cannot become {self._type}:"
            f" {problem}. Correct it and run migrate again, which goes on where it stopped."
        )

    def _batches(self) -> Iterator[list[Key]]:
        """Keys of rows that have a value."""
        after: Key = ()
        for _ in range(0, MOST_ROWS, BATCH_ROWS):
            behind = f"AND ({self._keys}) > ({self._marks})" if after else ""
            batch = self._query(
                f"SELECT {self._keys} FROM {self._table} WHERE {self._column} IS NOT NULL"
                f" {behind} ORDER BY {self._keys} LIMIT {BATCH_ROWS}",
                after or None,
            )
            if batch:
                yield batch
                after = batch[-1]
            if len(batch) < BATCH_ROWS:
                break

    def _bad(self, keys: list[Key]) -> Iterator[Key]:
        """Those of these rows that cannot be cast, by halves."""
        if self._castable(keys[0], keys[-1]):
            return
        if len(keys) == 1:
            yield keys[0]
            return
        half = len(keys) // 2
        yield from self._bad(keys[:half])
        yield from self._bad(keys[half:])

    def _castable(self, first: Key, last: Key) -> bool:
        try:
            self._query(
                f"SELECT count(CAST({self._column} AS {self._type})) FROM {self._table}"
                f" WHERE ({self._keys}) >= ({self._marks}) AND ({self._keys}) <= ({self._marks})",
                [*first, *last],
            )
        except DataError:
            return False
        return True

    def _described(self, key: Key) -> str:
        values = self._query(
            f"SELECT left(CAST({self._column} AS text), {LONGEST_NAMED}) FROM {self._table}"
            f" WHERE ({self._keys}) = ({self._marks})",
            key,
        )
        value = values[0][0] if values else ""  # somebody may have deleted the row
        return f'"{value}" in row {", ".join(map(str, key))}'

    def _query(self, sql: str, params: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            return list(cursor.fetchall())
