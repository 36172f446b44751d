"""`migrate` tells of its plan before the first migration and after the last, and never in between.

The rest is imported when it does, which a process that serves requests never sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.migrations import Migration
from django.db.models.signals import post_migrate, pre_migrate


def prepare(
    using: str | None = None, plan: Sequence[tuple[Migration, bool]] = (), **_kwargs: Any
) -> None:
    """Receives pre_migrate, once for each app; `plan` has the migrations that are about to run.

    Senders other than `migrate` may leave out both.
    """
    if using and _is_ours(using):
        from dbauth.dsql.schema import migrations

        migrations.begin(connections[using], plan)


def finish(using: str | None = None, **_kwargs: Any) -> None:
    """Receives post_migrate: whatever the plan was, it is carried out and recorded."""
    if using and _is_ours(using):
        from dbauth.dsql.schema import migrations

        migrations.end(connections[using])


def _is_ours(using: str) -> bool:
    from dbauth.dsql.schema.editor import DatabaseSchemaEditor

    return issubclass(connections[using].SchemaEditorClass or object, DatabaseSchemaEditor)


def connect() -> None:
    pre_migrate.connect(prepare, dispatch_uid="dbauth.dsql.prepare")
    post_migrate.connect(finish, dispatch_uid="dbauth.dsql.finish")
