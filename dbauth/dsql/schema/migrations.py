"""`migrate` on DSQL: every migration is looked through before its first statement, then journaled.

Django tells of the migrations that it is about to run (the signal pre_migrate), and of nothing in
between. So these very objects, and no others, get their `apply` and `unapply` replaced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib.contenttypes.management import RenameContentType
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.models import Model
from django.db.models.signals import post_migrate, pre_migrate

from dbauth.dsql.schema import index_limits, limits
from dbauth.dsql.schema.editor import DatabaseSchemaEditor
from dbauth.dsql.schema.journal import Journal
from dbauth.retry import retried


class Inspector(DatabaseSchemaEditor):
    """A schema editor that only says what DSQL cannot do."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection, collect_sql=True)
        self.collected_sql: list[str] = []
        self._added: Counter[str] = Counter()

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

    delete_model = remove_field = remove_index = remove_constraint = _nothing
    rename_index = alter_db_table = alter_db_table_comment = alter_db_tablespace = _nothing
    alter_index_together = _nothing


def prepare(
    using: str | None = None, plan: Sequence[tuple[Migration, bool]] = (), **_kwargs: Any
) -> None:
    """Receives pre_migrate, once for each app; `plan` has the migrations that are about to run.

    Senders other than `migrate` may leave out both.
    """
    if not _is_ours(using):
        return
    for migration, backwards in plan:
        method = "unapply" if backwards else "apply"
        if method not in vars(migration):
            setattr(migration, method, partial(_run, getattr(migration, method), migration))


def finish(using: str | None = None, **_kwargs: Any) -> None:
    """Receives post_migrate: whatever the plan was, it is carried out and recorded."""
    if using and _is_ours(using):
        Journal.clear(connections[using])


def _is_ours(using: str | None) -> bool:
    return using is not None and issubclass(
        connections[using].SchemaEditorClass or object, DatabaseSchemaEditor
    )


class Milestone:
    """An operation of a migration that tells the journal when it begins."""

    # Where Django would open a transaction, this opens one that is run again after a conflict.
    atomic = False

    def __init__(self, operation: Operation, number: int, migration: Migration) -> None:
        self._operation = operation
        self._number = number
        atomic = getattr(operation, "atomic", None)
        self._is_transaction = (
            (atomic or (migration.atomic and atomic is not False))
            # It catches the IntegrityError of a transaction of its own, a savepoint elsewhere.
            and not isinstance(operation, RenameContentType)
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operation, name)

    def database_forwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._pass(self._operation.database_forwards, app_label, schema_editor, *states)

    def database_backwards(self, app_label: str, schema_editor: Any, *states: Any) -> None:
        self._pass(self._operation.database_backwards, app_label, schema_editor, *states)

    def _pass(
        self, method: Callable[..., None], app_label: str, schema_editor: Any, *states: Any
    ) -> None:
        schema_editor.journal.reach(f"operation {self._number}")
        if self._is_transaction:
            method = retried(using=schema_editor.connection.alias)(method)
        method(app_label, schema_editor, *states)


def _run(
    method: Callable[..., Any],
    migration: Migration,
    project_state: Any,
    schema_editor: Any,
    collect_sql: bool = False,
) -> Any:
    """`Migration.apply` or `unapply`, with the same arguments and result."""
    if collect_sql:
        return method(project_state, schema_editor, collect_sql=True)
    inspector = Inspector(schema_editor.connection)
    method(project_state.clone(), inspector, collect_sql=True)
    journal = Journal(schema_editor.connection, f"{method.__name__} {migration}")
    operations, schema_editor.journal = migration.operations, journal
    try:
        migration.operations = [  # type: ignore[misc] # Django copies the class's list as well
            Milestone(operation, number, migration)  # type: ignore[misc] # an operation for all that matters
            for number, operation in enumerate(operations, start=1)
        ]
        return method(project_state, schema_editor)
    finally:
        migration.operations = operations  # type: ignore[misc] # as above


pre_migrate.connect(prepare, dispatch_uid="dbauth.dsql.prepare")
post_migrate.connect(finish, dispatch_uid="dbauth.dsql.finish")
