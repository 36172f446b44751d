"""Hooks of on_commit that fail with a conflict: after the COMMIT of every car of one color."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import OperationalError, transaction
from django.db.models.signals import post_save
from psycopg2.errors import SerializationFailure

COLOR = "hooked"


class Conflict(SerializationFailure):
    pgcode = "40001"


class Hooks(AppConfig):
    name = "tests.dbauth.dsql"
    label = "hooks"

    def ready(self) -> None:
        post_save.connect(add_hook)


def add_hook(instance: Any, **_kwargs: Any) -> None:
    if getattr(instance, "color", None) == COLOR:
        transaction.on_commit(fail)


def fail() -> None:
    raise OperationalError("a hook met a conflict") from Conflict()
