"""`migrate` on DSQL: one at a time, what was begun first, and every migration with a journal.

Django tells of the migrations that it is about to run (the signal pre_migrate), and of nothing in
between. So these very objects, and no others, get their `apply` and `unapply` replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from django.db.migrations import Migration, RunSQL, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from dbauth.dsql.schema import journal as journals
from dbauth.dsql.schema import tables
from dbauth.dsql.schema.errors import MigrationBusyError, UnfinishedMigrationError
from dbauth.dsql.schema.inspection import Inspector
from dbauth.dsql.schema.journal import Journal
from dbauth.dsql.schema.lease import Lease
from dbauth.dsql.schema.milestones import Milestone

Plan = Sequence[tuple[Migration, bool]]

# By connection, and so by thread.
_leases: WeakKeyDictionary[Any, Lease] = WeakKeyDictionary()


def begin(connection: Any, plan: Plan) -> None:
    """Let the plan be carried out, or raise one of dbauth.dsql.schema.errors."""
    work = plan[0][0] if plan else None
    if work and connection in _leases and _leases[connection].is_for(work):
        return  # the next app's signal
    if not plan and not (tables.exist(connection, journals.TABLE) and journals.begun(connection)):
        return
    # A migrate that ended with an error has told nobody.
    _release(connection)
    lease = Lease(work or journals)
    lease.acquire(connection)
    _leases[connection] = lease
    try:
        _judge(connection, plan)
    except BaseException:
        _release(connection)
        raise
    if not plan:
        _release(connection)
    for migration, backwards in plan:
        method = "unapply" if backwards else "apply"
        if method not in vars(migration):
            setattr(migration, method, partial(_run, getattr(migration, method), migration))


def end(connection: Any) -> None:
    """The plan is carried out, and recorded."""
    # `flush` sends the same signal, perhaps from within a migration.
    if connection in _leases and not _settle(connection):
        _release(connection)


def _release(connection: Any) -> None:
    if lease := _leases.pop(connection, None):
        lease.release(connection)


def _judge(connection: Any, plan: Plan) -> None:
    """Whether the plan is still to be carried out, and leaves nothing unfinished behind."""
    applied = set(MigrationLoader(connection).applied_migrations)
    for migration, backwards in plan:
        if ((migration.app_label, migration.name) in applied) is not backwards:
            raise MigrationBusyError(
                f"Another `migrate` has {'un' * backwards}applied {migration} meanwhile. Run this"
                " one again."
            )
    planned = {
        ("unapply" if backwards else "apply", migration.app_label, migration.name)
        for migration, backwards in plan
    }
    for direction, app, name in _settle(connection, applied):
        if (direction, app, name) not in planned:
            raise UnfinishedMigrationError(_unfinished(direction, app, name))


def _settle(
    connection: Any, applied: set[tuple[str, str]] | None = None
) -> list[tuple[str, str, str]]:
    """Delete the journals of what is recorded, and return the others."""
    if applied is None:
        applied = set(MigrationLoader(connection).applied_migrations)
    begun = journals.begun(connection)
    finished = [
        (direction, app, name)
        for direction, app, name in begun
        if ((app, name) in applied) is (direction == "apply")
    ]
    journals.clear(connection, finished)
    return [each for each in begun if each not in finished]


def _unfinished(direction: str, app: str, name: str) -> str:
    if direction == "apply":
        remedy = f"`manage.py migrate {app} {name}`, with the release that has it"
    else:
        remedy = f"the `manage.py migrate {app} ...` that was taking it back"
    return (
        f"{app}.{name} was begun ({direction}) by a `migrate` that was stopped, and is not"
        f" finished. Finish it first: run {remedy}. If you have finished it by hand, add --fake."
    )


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
    try:
        return _carry_out(method, migration, project_state, schema_editor)
    except BaseException:
        _release(schema_editor.connection)
        raise


def _carry_out(
    method: Callable[..., Any], migration: Migration, project_state: Any, schema_editor: Any
) -> Any:
    operations = migration.operations
    journal = Journal(schema_editor.connection, method.__name__, migration)
    inspector = Inspector(
        schema_editor.connection,
        look_at_values=journal.last is None and not any(map(_is_code, operations)),
    )
    method(project_state.clone(), inspector, collect_sql=True)
    milestones = [
        Milestone(operation, number, migration)
        for number, operation in enumerate(operations, start=1)
    ]
    journal.compare({each.name: each.fingerprint for each in milestones})
    schema_editor.follow(journal)
    try:
        migration.operations = milestones  # type: ignore[misc, assignment] # operations for all that matters
        state = method(project_state, schema_editor)
    finally:
        migration.operations = operations  # type: ignore[misc] # Django copies the class's list as well
    schema_editor.wait_unless_deferred()
    return state


def _is_code(operation: Operation) -> bool:
    """Whether the operation may change values, perhaps so that they fit a type that comes later."""
    if isinstance(operation, SeparateDatabaseAndState):
        return any(map(_is_code, operation.database_operations))
    return not operation.reduces_to_sql or isinstance(operation, RunSQL)
