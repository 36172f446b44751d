"""SESSION_ENGINE = "dbauth.sessions": Django's sessions in the database.

Saving is retried after a conflict, and expired sessions are deleted batch by batch.
"""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, router
from django.utils import timezone

from dbauth.retry import retried

# Aurora DSQL changes at most 3,000 rows in one transaction.
CLEARED_AT_ONCE = 1000


class SessionStore(db.SessionStore):
    """Saves in a transaction that is run again; in someone else's, conflicts are theirs."""

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            # It saves under a key that it chooses; a second attempt would take that for an old one.
            self.create()
            return
        using = router.db_for_write(self.model)
        retried(using=using, joins=True)(self._save)(must_create)

    @classmethod
    def clear_expired(cls) -> None:
        """Delete expired sessions (`manage.py clearsessions`), batch by batch.

        Each batch is a transaction that is run again after a conflict. Interrupted, it goes on
        with what is left.
        """
        model = cls.get_model_class()
        using = router.db_for_write(model)
        expired = model.objects.using(using).filter(expire_date__lt=timezone.now())
        while keys := list(expired.values_list("pk", flat=True)[:CLEARED_AT_ONCE]):
            retried(using=using)(model.objects.using(using).filter(pk__in=keys).delete)()

    def _save(self, must_create: bool) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            # Django takes every failure for a session that somebody has logged out of (400).
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from error.__context__.__cause__
            raise
