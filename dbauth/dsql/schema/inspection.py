"""A migration looked through before its first statement."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Model

from dbauth.dsql.schema import index_limits, limits
from dbauth.dsql.schema.editor import DatabaseSchemaEditor
from dbauth.dsql.schema.values import Values


class Inspector(DatabaseSchemaEditor):
    """A schema editor that only says what DSQL cannot do."""

    def __init__(self, connection: Any, look_at_values: bool = False) -> None:
        """`look_at_values` where nothing of the migration changes them before their types."""
        super().__init__(connection, collect_sql=True)
        self.collected_sql: list[str] = []
        self._look_at_values = look_at_values
        self._added: Counter[str] = Counter()
        self._changed: set[str] = set()  # tables whose columns will not be those of now

    def create_model(self, model: type[Model]) -> None:
        limits.check_model(model, self.connection)

    def add_field(self, model: type[Model], field: Any) -> None:
        limits.check_new_field(model, field, self.connection)
        if field.concrete and not field.many_to_many:
            self._added[model._meta.db_table] += 1
            limits.check_columns(
                model, self._columns_ever(model) + self._added[model._meta.db_table]
            )

    def _columns_ever(self, model: type[Model]) -> int:
        """How many columns the table has had so far; 0 where it is yet to be created."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(max(attnum), 0) FROM pg_catalog.pg_attribute"
                " JOIN pg_catalog.pg_class c ON c.oid = attrelid"
                " WHERE relname = %s AND pg_catalog.pg_table_is_visible(c.oid)",
                [model._meta.db_table],
            )
            return int(cursor.fetchone()[0])

    def alter_field(
        self, model: type[Model], old_field: Any, new_field: Any, strict: bool = False
    ) -> None:
        if self._field_should_be_altered(old_field, new_field):
            limits.check_change(model, old_field, new_field, self.connection)
            types = [field.db_type(self.connection) for field in (old_field, new_field)]
            if all(types) and types[0] != types[1]:
                self.check_cast(model, new_field, *types)
                self._check_values(model, old_field, types[1])
            self._changed.add(model._meta.db_table)

    def _check_values(self, model: type[Model], field: Any, new_type: str) -> None:
        if not self._look_at_values or model._meta.db_table in self._changed:
            return
        values = Values(self.connection, model, field.column, new_type)
        if values.exist():
            values.check()

    def remove_field(self, model: type[Model], field: Any) -> None:
        limits.check_removal(model, field)
        self._changed.add(model._meta.db_table)

    def alter_db_table(self, model: type[Model], old_db_table: str, new_db_table: str) -> None:
        self._changed.update([old_db_table, new_db_table])

    def add_index(self, model: type[Model], index: Any, concurrently: bool = False) -> None:
        index_limits.check_index(model, index, self.connection)

    def add_constraint(self, model: type[Model], constraint: Any) -> None:
        index_limits.check_constraint(model, constraint, self.connection)

    def alter_unique_together(self, model: type[Model], old: Any, new: Any) -> None:
        index_limits.check_unique_together(model, new, self.connection)

    def execute(self, sql: Any, params: Any = ()) -> None:
        limits.check_statement(str(sql))

    def _nothing(self, *args: Any, **kwargs: Any) -> None:
        """DSQL can do it."""

    delete_model = remove_index = remove_constraint = rename_index = _nothing
    alter_db_table_comment = alter_db_tablespace = alter_index_together = _nothing
