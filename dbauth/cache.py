"""CACHES BACKEND "dbauth.cache.DatabaseCache": Django's database cache, whose writes are retried.

Django's takes every error of the database for "somebody else has just set it", and reports success.
On Aurora DSQL that includes conflicts, so the value that was set is lost without a word.
"""

from __future__ import annotations

from typing import Any

from django.core.cache.backends import db
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.db import router

from dbauth.retry import retried


class DatabaseCache(db.DatabaseCache):
    """set(), add() and touch() are transactions that are run again, and raise when time is over."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        using = router.db_for_write(self.cache_model_class)
        # What Django catches inside breaks the transaction, which is run again then.
        write = retried(using=using, joins=True)(super()._base_set)  # type: ignore[misc] # django-stubs
        return bool(write(mode, key, value, timeout))
