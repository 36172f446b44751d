"""The schema editor: AWS's dialect, with what it gets wrong put right."""

from __future__ import annotations

from typing import Any, cast

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Index, Model
from django.db.models.constraints import BaseConstraint

from dbauth.dsql.schema import index_limits, limits
from dbauth.dsql.schema.execution import ExecutionMixin
from dbauth.dsql.schema.indexes import IndexesMixin
from dbauth.dsql.schema.retyping import RetypingMixin


class DatabaseSchemaEditor(RetypingMixin, IndexesMixin, ExecutionMixin):
    """Django's migrations in statements that DSQL takes, see dbauth.dsql.schema."""

    # The dialect's drops an index, which the server refuses for constraints of CREATE TABLE.
    sql_delete_unique = BaseDatabaseSchemaEditor.sql_delete_unique

    def create_model(self, model: type[Model]) -> None:
        limits.check_model(model, self.connection)
        super().create_model(model)

    def table_sql(self, model: type[Model]) -> tuple[str, Any]:
        if self._all_exist(_targets(model)):
            return cast(tuple[str, Any], super().table_sql(model))
        # Written into CREATE TABLE a foreign key takes one statement instead of three and a job,
        # but its target has to exist. These wait for the tables that this editor makes later.
        self.sql_create_inline_fk = None
        try:
            return cast(tuple[str, Any], super().table_sql(model))
        finally:
            del self.sql_create_inline_fk

    def _all_exist(self, tables: set[str]) -> bool:
        if not tables or self.collect_sql:
            return True  # a migration's state holds no model that leads to a missing one
        return self.journal.remember(
            f"exist {sorted(tables)}",
            lambda: tables <= set(self.connection.introspection.table_names()),
        )

    def alter_db_tablespace(self, model: type[Model], old: str, new: str) -> None:
        """Nothing, as on all databases without tablespaces."""

    def add_index(self, model: type[Model], index: Index, concurrently: bool = False) -> None:
        index_limits.check_index(model, index, self.connection)
        super().add_index(model, index, concurrently)

    def add_constraint(self, model: type[Model], constraint: BaseConstraint) -> None:
        index_limits.check_constraint(model, constraint, self.connection)
        # Not the dialect's, which validates for itself, without waiting for it.
        BaseDatabaseSchemaEditor.add_constraint(self, model, constraint)

    def _delete_constraint_sql(self, template: str, model: type[Model], name: str) -> Any:
        # Unique with its table it is a constraint, made unique later an index.
        if template == self.sql_delete_unique and not self.journal.remember(
            f"is {name} a constraint", lambda: self._is_constraint(model, name)
        ):
            template = self.sql_delete_index
        return super()._delete_constraint_sql(template, model, name)

    def _is_constraint(self, model: type[Model], name: str) -> bool:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_catalog.pg_constraint JOIN pg_catalog.pg_class c"
                " ON c.oid = conrelid WHERE c.relname = %s AND conname = %s"
                " AND pg_catalog.pg_table_is_visible(c.oid)",
                [model._meta.db_table, name],
            )
            return cursor.fetchone() is not None


def _targets(model: type[Model]) -> set[str]:
    """The other tables that the model's foreign keys lead to."""
    tables = {
        each.remote_field.model._meta.db_table
        for each in model._meta.local_fields
        if each.remote_field and getattr(each, "db_constraint", False)
    }
    return tables - {model._meta.db_table}
