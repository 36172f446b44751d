"""Columns that come and change later: DSQL adds them bare, and everything else in steps."""

from __future__ import annotations

from typing import Any

from aurora_dsql_django import schema
from django.db.backends.ddl_references import Columns
from django.db.backends.postgresql import schema as postgresql
from django.db.models import Field, Model, Value

from dbauth.dsql.row_limit import BATCH_ROWS
from dbauth.dsql.schema import limits

NOT_NULL_SUFFIX = "_notnull"


class ColumnsMixin(schema.DatabaseSchemaEditor):
    """AddField and AlterField.

    A column that is added later cannot be NOT NULL, so a CHECK constraint says the same.
    """

    def add_field(self, model: type[Model], field: Any) -> None:
        limits.check_new_field(model, field, self.connection)
        if field.many_to_many and field.remote_field.through._meta.auto_created:
            self.create_model(field.remote_field.through)
            return
        params = field.db_parameters(connection=self.connection)
        if params["type"] is None:
            return
        self._alter_table(model, f"ADD COLUMN {self.quote_name(field.column)} {params['type']}")
        self._fill(model, field)
        self._furnish(model, field)

    def _furnish(self, model: type[Model], field: Any) -> None:
        """Constraints and indexes of a column that has its values."""
        if not field.null:
            self._alter_table(model, self._not_null_sql(model, field))
        if check := field.db_parameters(connection=self.connection)["check"]:
            name = self._create_index_name(model._meta.db_table, [field.column], suffix="_check")
            self.execute(self._create_check_sql(model, name, check), None)
        if field.unique:
            self.execute(self._create_unique_sql(model, [field]), None)
        if field.remote_field and field.db_constraint:
            suffix = "_fk_%(to_table)s_%(to_column)s"
            self.deferred_sql.append(self._create_fk_sql(model, field, suffix))
        self.deferred_sql.extend(self._field_indexes_sql(model, field))

    def _alter_field(
        self,
        model: type[Model],
        old_field: Any,
        new_field: Any,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        limits.check_change(model, old_field, new_field, self.connection)
        becomes_required = old_field.null and not new_field.null
        if becomes_required and old_field.column == new_field.column:
            # Django does it in one UPDATE, which may be more rows than a transaction holds.
            self._fill_nulls(model, new_field)
        super()._alter_field(model, old_field, new_field, *args, **kwargs)
        if old_field.column != new_field.column:
            self._rename_with_column(model, old_field.column, new_field.column)

    def _fill_nulls(self, model: type[Model], field: Any) -> None:
        """Give the default to rows that have no value, for a column that becomes required."""
        if field.has_db_default():
            sql, params = self.db_default_sql(field)
            self._update_nulls(model, field, sql, *params)
        elif (default := self.effective_default(field)) is not None:
            self._update_nulls(model, field, "%s", default)

    def _alter_column_null_sql(
        self, model: type[Model], old_field: Any, new_field: Any
    ) -> tuple[str, list[Any]]:
        if not new_field.null:
            return self._not_null_sql(model, new_field), []
        for name in self._not_null_names(model, new_field):
            self.execute(self._delete_check_sql(model, name), None)
        fragment: tuple[str, list[Any]] = super()._alter_column_null_sql(
            model, old_field, new_field
        )
        return fragment

    def _constraint_names(self, model: type[Model], *args: Any, **kwargs: Any) -> list[str]:
        names: list[str] = self.journal.remember(
            f"constraints of {model._meta.db_table} {args} {sorted(set(kwargs) - {'exclude'})}",
            lambda: list(super(ColumnsMixin, self)._constraint_names(model, *args, **kwargs)),
        )
        if kwargs.get("check"):
            # Django replaces the CHECK of a field's type; this one is not its business.
            return [name for name in names if not name.endswith(NOT_NULL_SUFFIX)]
        return names

    def _not_null_sql(self, model: type[Model], field: Field) -> str:
        name = self._create_index_name(model._meta.db_table, [field.column], suffix=NOT_NULL_SUFFIX)
        column = self.quote_name(field.column)
        return f"ADD CONSTRAINT {self.quote_name(name)} CHECK ({column} IS NOT NULL) NOT VALID"

    def _not_null_names(self, model: type[Model], field: Field) -> list[str]:
        names = super()._constraint_names(model, [field.column], check=True)
        return [name for name in names if name.endswith(NOT_NULL_SUFFIX)]

    def _rename_with_column(self, model: type[Model], old: str, new: str) -> None:
        """Let what add_field has named after its column follow it: another may get that name."""
        table = model._meta.db_table
        # All of them, by the column's new name: so a run that goes on here finds what is left.
        existing = super()._constraint_names(model, [new])
        for suffix in (NOT_NULL_SUFFIX, "_check"):
            before, after = (
                self._create_index_name(table, [column], suffix=suffix) for column in (old, new)
            )
            if before in existing:
                renaming = f"{self.quote_name(before)} TO {self.quote_name(after)}"
                self._alter_table(model, f"RENAME CONSTRAINT {renaming}")

    def _fill(self, model: type[Model], field: Any) -> None:
        """Give a new column its default: as long as it is filled, and for good if it stays."""
        if field.has_db_default():
            alteration = self._alter_column_database_default_sql(model, None, field)
            constant = isinstance(field.db_default, Value) and field.db_default.value is None
        else:
            alteration = self._alter_column_default_sql(model, None, field)
            constant = self.effective_default(field) is None
        if constant:
            return
        self._alter_table(model, *alteration)
        self._update_nulls(model, field, "DEFAULT")
        if not field.has_db_default():
            self._alter_table(model, *self._alter_column_default_sql(model, None, field, drop=True))

    def _update_nulls(self, model: type[Model], field: Field, value: str, *params: Any) -> None:
        """Set a column where it is NULL, by batches; finding none is the end."""
        key = model._meta.pk
        columns = getattr(key, "columns", [key.column])
        keys = Columns(model._meta.db_table, columns, self.quote_name)
        table, column = self.quote_name(model._meta.db_table), self.quote_name(field.column)
        batch = f"SELECT {keys} FROM {table} WHERE {column} IS NULL LIMIT {BATCH_ROWS}"
        statement = f"UPDATE {table} SET {column} = {value} WHERE ({keys}) IN ({batch})"
        if self.collect_sql:
            postgresql.DatabaseSchemaEditor.execute(self, f"{statement} -- until 0 rows", params)
            return
        # Once it is done, the column may get another name, or NULLs.
        filled = self.journal.step(f"-- filled {table}.{column}")
        if filled.done:
            return
        with self.connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            while cursor.rowcount:
                cursor.execute(statement, params or None)
        self.journal.note(filled)

    def _alter_table(self, model: type[Model], changes: str, params: Any = None) -> None:
        statement = self.sql_alter_column % {
            "table": self.quote_name(model._meta.db_table),
            "changes": changes,
        }
        self.execute(statement, params)
