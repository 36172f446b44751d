"""SESSION_ENGINE = "dbauth.sessions": Django's sessions in the database, retried."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connections, router

from dbauth.retry import retried


class SessionStore(db.SessionStore):
    """Saves in a transaction that is run again; in someone else's, conflicts are theirs."""

    def save(self, must_create: bool = False) -> None:
        using = router.db_for_write(self.model)
        save = self._save
        if not connections[using].in_atomic_block:
            save = retried(using=using)(save)
        save(must_create)

    def _save(self, must_create: bool) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            # Django takes every failure for a session that somebody has logged out of (400).
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from error.__context__.__cause__
            raise
