"""The operations of a migration, which tell its journal when they begin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.management import RenameContentType
from django.db.migrations import Migration, RunPython
from django.db.migrations.operations.base import Operation

from dbauth.dsql.schema.fingerprint import fingerprint
from dbauth.dsql.schema.journal import FINISHED
from dbauth.retry import retried


class Milestone:
    """An operation in place of which it stands in its migration."""

    # Where Django would open a transaction, this opens one that is run again after a conflict.
    atomic = False

    def __init__(self, operation: Operation, number: int, migration: Migration) -> None:
        self.name = f"operation {number}"
        self.fingerprint = fingerprint(operation)
        self._operation = operation
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
        schema_editor.journal.reach(self.name, self.fingerprint)
        if isinstance(self._operation, RunPython):
            self._run_code(method, app_label, schema_editor, *states)
        else:
            method(app_label, schema_editor, *states)

    def _run_code(
        self, method: Callable[..., None], app_label: str, schema_editor: Any, *states: Any
    ) -> None:
        finished = schema_editor.journal.step(FINISHED)
        if finished.done:
            return

        def run() -> None:
            method(app_label, schema_editor, *states)
            # In the transaction, if it is one: so that it is run once, whenever this is killed.
            schema_editor.journal.note(finished)

        if self._is_transaction:
            retried(using=schema_editor.connection.alias)(run)()
        else:
            run()
