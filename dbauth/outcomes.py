"""What an error says about the transaction that it ended."""

from __future__ import annotations

from django.db import IntegrityError, InterfaceError, OperationalError
from django.db.transaction import TransactionManagementError

from dbauth.sqlstates import is_read_only, sqlstate

CONFLICTS = frozenset(["40001", "40P01"])  # serialization failure (OC000, OC001), deadlock
ABORTED = "25P02"  # in_failed_sql_transaction


def is_conflict(error: BaseException) -> bool:
    """Whether the server has rolled the transaction back because of another one."""
    return sqlstate(error) in CONFLICTS


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone: it has no code, or one of the server's shutting down.

    A session that became read-only by a failover is gone as well: WaitsMixin closes it.
    """
    if is_read_only(error):
        return True
    return isinstance(error, OperationalError | InterfaceError) and (
        sqlstate(error) is None or str(sqlstate(error)).startswith(("57P", "08"))
    )


def has_lost_a_race(error: BaseException) -> bool:
    """Whether get_or_create() met another one's row; the next attempt finds it at once."""
    return isinstance(error, TransactionManagementError) and isinstance(
        error.__cause__, IntegrityError
    )


def is_aborted(error: BaseException) -> bool:
    """Whether an earlier statement failed, and its error was caught: which one nobody can say."""
    return sqlstate(error) == ABORTED


def describe(error: BaseException) -> str:
    return f"{type(error).__name__} {sqlstate(error) or ''}".strip()
