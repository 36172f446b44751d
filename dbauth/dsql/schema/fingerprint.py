"""Whether an operation of a migration is still the one that it was."""

from __future__ import annotations

import hashlib

from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter


def fingerprint(operation: Operation) -> str:
    """A digest of the operation as makemigrations would write it.

    The body of a RunPython's function does not count, nor do comments.
    """
    try:
        text = MigrationWriter.serialize(operation)[0]
    except Exception:  # noqa: BLE001 - lambdas, and third parties' operations that were never written
        text = f"{type(operation).__qualname__} {operation.describe()}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]
