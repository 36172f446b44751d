"""Another type for a column: DSQL has no ALTER COLUMN ... TYPE, so a new column takes its place.

1. The new column is added and filled by batches, while the service goes on with the old one.
2. The old column gets another name. Nobody can write to it any more: there is no value that could
   get lost. What was written meanwhile is copied.
3. The new column gets the old one's name, and the old one is dropped, with its constraints and
   indexes. Those of the new one are made.

From 2 to 3 statements that name the column fail: it does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.db import DatabaseError, DataError
from django.db.backends.ddl_references import Columns, Statement
from django.db.backends.postgresql import schema as postgresql
from django.db.models import F, Field, Model, Q

from dbauth.dsql.row_limit import BATCH_ROWS
from dbauth.dsql.schema import limits
from dbauth.dsql.schema.columns import ColumnsMixin
from dbauth.dsql.schema.refusals import refuse
from dbauth.sqlstates import sqlstate

CANNOT_COERCE = "42846"


class RetypingMixin(ColumnsMixin):
    """AlterField that changes a column's type."""

    def _alter_field(
        self,
        model: type[Model],
        old_field: Any,
        new_field: Any,
        old_type: str,
        new_type: str,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if old_type == new_type:
            super()._alter_field(model, old_field, new_field, old_type, new_type, *args, **kwargs)
            return
        limits.check_change(model, old_field, new_field, self.connection)
        self.check_cast(model, new_field, old_type, new_type)
        self._replace_column(model, old_field, new_field, new_type)
        self._furnish_again(model, old_field, new_field)

    def check_cast(self, model: type[Model], field: Field, old_type: str, new_type: str) -> None:
        """Raise NotSupportedError where the values of one type are none of the other."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SELECT CAST(CAST(NULL AS {old_type}) AS {new_type})")
        except DatabaseError as error:
            if sqlstate(error) != CANNOT_COERCE:
                raise
            refuse(model, field.name, f"cannot turn {old_type} into {new_type}", limits.REWRITE)

    def _replace_column(
        self, model: type[Model], old_field: Any, new_field: Any, new_type: str
    ) -> None:
        table, name = model._meta.db_table, new_field.column
        coming, going = (
            self._create_index_name(table, [name], suffix=suffix) for suffix in ("_new", "_old")
        )
        self._forget_deferred(table, old_field.column)
        self._alter_table(model, f"ADD COLUMN {self.quote_name(coming)} {new_type}")
        self._copy(model, old_field.column, coming, new_type, least=BATCH_ROWS)
        self._rename_column(model, old_field.column, going)
        self._copy(model, going, coming, new_type)
        self._rename_column(model, coming, name)
        self._alter_table(model, f"DROP COLUMN {self.quote_name(going)} CASCADE")

    def _furnish_again(self, model: type[Model], old_field: Any, new_field: Any) -> None:
        """What the old column had: default, constraints and indexes, also with other columns."""
        if new_field.has_db_default():
            self._alter_table(
                model, *self._alter_column_database_default_sql(model, None, new_field)
            )
        if old_field.null and not new_field.null:
            self._fill_nulls(model, new_field)
        self._furnish(model, new_field)
        after = getattr(new_field, "model", model)  # missing where nobody renders the new model
        name = new_field.name
        for index in after._meta.indexes:
            if name in _names(index):
                self.add_index(after, index)
        for constraint in after._meta.constraints:
            if name in _names(constraint):
                self.add_constraint(after, constraint)
        for names in after._meta.unique_together:
            if name in names:
                fields = [after._meta.get_field(each) for each in names]
                self.execute(self._create_unique_sql(after, fields), None)

    def _forget_deferred(self, table: str, column: str) -> None:
        self.deferred_sql[:] = [
            each
            for each in self.deferred_sql
            if not (isinstance(each, Statement) and each.references_column(table, column))
        ]

    def _rename_column(self, model: type[Model], old: str, new: str) -> None:
        self._alter_table(model, f"RENAME COLUMN {self.quote_name(old)} TO {self.quote_name(new)}")

    def _copy(
        self, model: type[Model], source: str, target: str, new_type: str, least: int = 1
    ) -> None:
        """Let `target` be what `source` is, by batches; one of fewer than `least` rows is the last.

        Who writes to `source` at the same time would keep a loop busy that is to find no row.
        """
        key = model._meta.pk
        keys = Columns(model._meta.db_table, getattr(key, "columns", [key.column]), self.quote_name)
        table, column = self.quote_name(model._meta.db_table), self.quote_name(target)
        value = f"CAST({self.quote_name(source)} AS {new_type})"
        batch = (
            f"SELECT {keys} FROM {table} WHERE {column} IS DISTINCT FROM {value} LIMIT {BATCH_ROWS}"
        )
        statement = f"UPDATE {table} SET {column} = {value} WHERE ({keys}) IN ({batch})"
        if self.collect_sql:
            postgresql.DatabaseSchemaEditor.execute(
                self, f"{statement} -- until fewer than {least} rows", None
            )
            return
        copied = self.journal.step(f"-- copied {table}.{source} to {column}")
        if copied.done:
            return
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(statement)
                while cursor.rowcount >= least:
                    cursor.execute(statement)
        except DataError as error:
            raise DataError(
                f"{model._meta.label}: a value of {source} cannot become {new_type}: {error}"
                "Correct it and run migrate again, which goes on where it stopped."
            ) from error
        self.journal.note(copied)


def _names(item: Any) -> set[str]:
    """The fields that an index or a constraint mentions."""
    names = {*getattr(item, "fields", ()), *getattr(item, "include", ())}
    expressions = [*getattr(item, "expressions", ()), getattr(item, "condition", None)]
    return names | set(chain.from_iterable(map(_references, expressions)))


def _references(expression: Any) -> Iterator[str]:
    if isinstance(expression, Q):
        yield from expression.referenced_base_fields
    elif isinstance(expression, F):
        yield expression.name  # type: ignore[attr-defined] # which the stubs leave out
    elif expression is not None:
        for part in expression.get_source_expressions():
            yield from _references(part)
