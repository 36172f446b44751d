"""Another type for a column: DSQL has no ALTER COLUMN ... TYPE, so a new column takes its place.

1. The new column is added and filled by batches, while the service goes on with the old one.
2. The old column gets another name. Nobody can write to it any more: there is no value that could
   get lost. What was written meanwhile is copied.
3. The new column gets the old one's name, and the old one is dropped, with its constraints and
   indexes. Those of the new one are made.

From 2 to 3 statements that name the column fail: it does not exist. The columns of foreign keys
that lead to it are taken along in each of these steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, DataError
from django.db.backends.ddl_references import Columns, Statement
from django.db.backends.postgresql import schema as postgresql
from django.db.models import Field, Model

from dbauth.dsql.row_limit import BATCH_ROWS
from dbauth.dsql.schema import limits, mentions, referrers
from dbauth.dsql.schema.columns import ColumnsMixin
from dbauth.dsql.schema.refusals import refuse
from dbauth.dsql.schema.values import Values
from dbauth.sqlstates import sqlstate

CANNOT_COERCE = "42846"


@dataclass(frozen=True)
class Replacement:
    """A column, and the names of those that come and go in its stead meanwhile."""

    model: type[Model]
    old: str
    name: str
    type: str
    coming: str
    going: str


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
        along = referrers.pairs(old_field, new_field)
        changes = [(model, old_field, new_field), *((old.model, old, new) for old, new in along)]
        self._look_through(model, old_field, new_type)
        self._replace_columns([self._replacement(*each) for each in changes])
        fields: dict[type[Model], set[str]] = {}
        for each in changes:
            self._furnish_again(*each)
            # The model is missing where nobody renders the new one.
            after = getattr(each[2], "model", each[0])
            fields.setdefault(after, set()).update([each[2].name, each[2].attname])
        for after, names in fields.items():
            self._furnish_model_again(after, names)

    def _look_through(self, model: type[Model], field: Any, new_type: str) -> None:
        """Find values that cannot be cast while there is nothing yet that has to be finished."""
        looked = self.journal.step(f"-- looked through {model._meta.db_table}.{field.column}")
        if not self.collect_sql and not looked.done:
            Values(self.connection, model, field.column, new_type).check()
            self.journal.note(looked)

    def check_cast(self, model: type[Model], field: Field, old_type: str, new_type: str) -> None:
        """Raise NotSupportedError where the values of one type are none of the other."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(f"SELECT CAST(CAST(NULL AS {old_type}) AS {new_type})")
        except DatabaseError as error:
            if sqlstate(error) != CANNOT_COERCE:
                raise
            refuse(model, field.name, f"cannot turn {old_type} into {new_type}", limits.REWRITE)

    def _replacement(self, model: type[Model], old_field: Any, new_field: Any) -> Replacement:
        table, name = model._meta.db_table, new_field.column
        coming, going = (
            self._create_index_name(table, [name], suffix=suffix) for suffix in ("_new", "_old")
        )
        new_type = new_field.db_type(self.connection)
        return Replacement(model, old_field.column, name, new_type, coming, going)

    def _replace_columns(self, changes: Sequence[Replacement]) -> None:
        for each in changes:
            self._forget_deferred(each.model._meta.db_table, each.old)
            self._alter_table(each.model, f"ADD COLUMN {self.quote_name(each.coming)} {each.type}")
            self._copy(each, each.old, least=BATCH_ROWS)
        for each in changes:
            self._rename_column(each.model, each.old, each.going)
        for each in changes:
            self._copy(each, each.going)
        for each in changes:
            self._rename_column(each.model, each.coming, each.name)
        for each in changes:
            self._alter_table(each.model, f"DROP COLUMN {self.quote_name(each.going)} CASCADE")

    def _furnish_again(self, model: type[Model], old_field: Any, new_field: Any) -> None:
        """What the old column had by itself: default, constraints and indexes."""
        if new_field.has_db_default():
            self._alter_table(
                model, *self._alter_column_database_default_sql(model, None, new_field)
            )
        if old_field.null and not new_field.null:
            self._fill_nulls(model, new_field)
        self._furnish(model, new_field)

    def _furnish_model_again(self, model: type[Model], fields: set[str]) -> None:
        """Indexes and constraints that went with the columns of these fields, each once.

        A foreign key is mentioned as `parent` or as `parent_id`: `fields` has both.
        """
        for index in model._meta.indexes:
            if fields & mentions.names(index):
                self.add_index(model, index)
        for constraint in model._meta.constraints:
            if fields & mentions.names(constraint):
                self.add_constraint(model, constraint)
        for names in model._meta.unique_together:
            if fields.intersection(names):
                columns = [model._meta.get_field(each) for each in names]
                self.execute(self._create_unique_sql(model, columns), None)

    def _forget_deferred(self, table: str, column: str) -> None:
        self.deferred_sql[:] = [
            each
            for each in self.deferred_sql
            if not (isinstance(each, Statement) and each.references_column(table, column))
        ]

    def _rename_column(self, model: type[Model], old: str, new: str) -> None:
        self._alter_table(model, f"RENAME COLUMN {self.quote_name(old)} TO {self.quote_name(new)}")

    def _copy(self, change: Replacement, source: str, least: int = 1) -> None:
        """Let the new column be what `source` is, by batches; of fewer than `least` rows, the last.

        Who writes to `source` at the same time would keep a loop busy that is to find no row.
        """
        model = change.model
        key = model._meta.pk
        keys = Columns(model._meta.db_table, getattr(key, "columns", [key.column]), self.quote_name)
        table, column = self.quote_name(model._meta.db_table), self.quote_name(change.coming)
        value = f"CAST({self.quote_name(source)} AS {change.type})"
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
            raise Values(self.connection, model, source, change.type).refusal(error) from error
        self.journal.note(copied)
