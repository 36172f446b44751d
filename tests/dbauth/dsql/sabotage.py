"""The dsql stage's settings with a retry that is wrong, in the way that SABOTAGE names.

For testing the tests: chaos has to notice each of these.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connections

from dbauth import attempts, outcomes, retry
from tests.rig.stages.hooked import *  # noqa: F403 - settings modules extend one another this way


def no_conflict_is_retried() -> None:
    attempts.is_conflict = lambda error: False  # type: ignore[attr-defined] # imported there


def a_lost_reply_to_a_statement_is_retried() -> None:
    attempt: Callable[..., Any] = retry.in_autocommit

    def call(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        try:
            return attempt(execute, sql, params, many, context)
        except OperationalError as error:
            connection = context["connection"]
            if connection.in_atomic_block or not outcomes.is_lost(error):
                raise
            connection.close()
            with connection.cursor() as cursor:
                return cursor.execute(sql, params)

    retry.in_autocommit = call


def a_lost_reply_to_commit_is_retried() -> None:
    may_repeat = attempts.Transaction.may_repeat
    attempts.Transaction.may_repeat = (  # type: ignore[method-assign]
        lambda self, error: may_repeat(self, error) or outcomes.is_lost(error)
    )


def only_the_last_statement_is_retried() -> None:
    attempt: Callable[..., Any] = attempts.Transaction.__call__

    def call(self: Any) -> Any:
        connection = connections[self._using]
        if last := vars(self).get("last"):
            with connection.cursor() as cursor:
                cursor.execute(*last)
            return self.result
        with connection.execute_wrapper(remember(self)):
            return attempt(self)

    def remember(self: Any) -> Callable[..., Any]:
        inner = self._call

        def keep_result() -> Any:
            self.result = inner()
            return self.result

        def keep_statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            self.last = (sql, params)
            return execute(sql, params, many, context)

        self._call = keep_result
        return keep_statement

    attempts.Transaction.__call__ = call  # type: ignore[method-assign]


def a_conflict_after_commit_is_retried() -> None:
    attempts.Transaction.is_committed = lambda self: False  # type: ignore[method-assign]


globals()[os.environ["SABOTAGE"]]()
