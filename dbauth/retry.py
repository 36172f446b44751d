"""Whole transactions, run again where it is proven that nothing of them was committed.

    @retried
    def move(car, owner):
        ...

Aurora DSQL finds conflicts at COMMIT and leaves the rest to its clients; other PostgreSQLs answer
with the same SQLSTATE at higher isolation levels, and with deadlocks. A COMMIT whose answer is lost
is never repeated: it may have been applied.

The pauses are chosen by chance between zero and a limit that doubles ("full jitter",
https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
"""

from __future__ import annotations

import functools
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError

from dbauth.backoff import backoff
from dbauth.deadline import limit_end
from dbauth.sqlstates import is_read_only, sqlstate

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("dbauth")

CONFLICTS = frozenset(["40001", "40P01"])  # serialization failure (OC000, OC001), deadlock
ABORTED = "25P02"  # in_failed_sql_transaction
DEFAULT_SECONDS = 20.0  # API Gateway gives up after 29
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0


@overload
def retried(function: Callable[P, T], /) -> Callable[P, T]: ...
@overload
def retried(
    *, using: str = ..., seconds: float | None = ..., attempts: int | None = ..., joins: bool = ...
) -> Callable[[Callable[P, T]], Callable[P, T]]: ...
def retried(
    function: Callable[P, T] | None = None,
    /,
    *,
    using: str = DEFAULT_DB_ALIAS,
    seconds: float | None = None,
    attempts: int | None = None,
    joins: bool = False,
) -> Any:
    """Make a function a transaction that is run again after a conflict, as often as there is time.

    It has to be safe to run again: what it does outside of the database, it does again. `seconds`
    defaults to OPTIONS["retry_seconds"] of dbauth's engines, then to 20; `attempts` has no limit by
    default. The last error is raised when they run out.

    A COMMIT that is refused with a conflict is run again. After any other answer, and after none,
    nothing is, whatever a hook of transaction.on_commit() raises.

    Inside another retried function it becomes part of that: inside its open block, on the same
    connection. In a hook of on_commit() and in another thread it is a transaction of its own.

    Inside any other atomic() it raises TransactionManagementError, since only the outermost block
    can be run again; with `joins` it becomes part of that, and conflicts are its owner's.

    A retried view is exempt from ATOMIC_REQUESTS: it is the request's transaction by itself.
    """
    decorate = functools.partial(
        _decorate, using=using, seconds=seconds, attempts=attempts, joins=joins
    )
    return decorate if function is None else decorate(function)


def _decorate(
    function: Callable[P, T],
    *,
    using: str,
    seconds: float | None,
    attempts: int | None,
    joins: bool,
) -> Callable[P, T]:
    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        call = functools.partial(function, *args, **kwargs)
        connection = connections[using]
        if _is_part(connection, joins):
            return call()
        return _repeat(_Transaction(call, using), pauses(connection, seconds, attempts))

    # A set of its own: that of the function may be another decorator's.
    exempt = {*getattr(function, "_non_atomic_requests", ()), using}
    wrapper._non_atomic_requests = exempt  # type: ignore[attr-defined] # Django's attribute
    return wrapper


def in_autocommit(
    execute: Callable[..., T], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> T:
    """An execute wrapper of Django's: a statement outside of atomic() is a transaction by itself.

    It is how reads survive someone else's DDL (OC001), and single writes a conflict. Each of the
    statements of executemany() is a transaction as well: those that are committed are left out.
    """
    connection = context["connection"]
    if connection.in_atomic_block or not connection.get_autocommit():
        return execute(sql, params, many, context)
    if many:
        params = _Remaining(params)
    attempt = _Attempt(functools.partial(execute, sql, params, many, context))
    return _repeat(attempt, pauses(connection))


def call(function: Callable[[], T], connection: HasCommits) -> T:
    """Call what opens its transactions by itself, again as long as nothing of it is committed."""
    return _repeat(_Call(function, connection), pauses(connection))


def is_conflict(error: BaseException) -> bool:
    """Whether the server has rolled the transaction back because of another one."""
    return sqlstate(error) in CONFLICTS


def pauses(
    connection: Any, seconds: float | None = None, attempts: int | None = None
) -> Iterator[float]:
    """Seconds to wait before each further attempt, until time or attempts run out."""
    if seconds is None:
        seconds = float(connection.settings_dict["OPTIONS"].get("retry_seconds", DEFAULT_SECONDS))
    end = min(time.monotonic() + seconds, limit_end())
    further = None if attempts is None else max(attempts - 1, 0)
    return backoff(end, first=FIRST_PAUSE, longest=LONGEST_PAUSE, pauses=further)


class _Attempt(Generic[T]):
    """An attempt that is one statement; only a conflict proves that it was not committed."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call

    def __call__(self) -> T:
        return self._call()

    def may_repeat(self, error: DatabaseError | InterfaceError) -> bool:
        return is_conflict(error)


class _Unit(_Attempt[T]):
    """An attempt of which is known whether a COMMIT was sent, and whether it was applied."""

    _second_chances = 1

    def is_sent(self) -> bool:
        raise NotImplementedError

    def is_committed(self) -> bool:
        raise NotImplementedError

    def may_repeat(self, error: DatabaseError | InterfaceError) -> bool:
        if self.is_committed():
            return False
        if is_conflict(error):
            return True
        if self.is_sent() or not (_is_lost(error) or _has_lost_a_race(error) or _is_aborted(error)):
            return False
        # Once: a database that is down is no better off for being asked for 20 seconds.
        self._second_chances -= 1
        return self._second_chances >= 0


class _Block(transaction.Atomic):
    """The outermost block of a retried function, as it stands in connection.atomic_blocks."""


class _Transaction(_Unit[T]):
    """An attempt that is one transaction, in a block of its own."""

    def __init__(self, call: Callable[[], T], using: str) -> None:
        super().__init__(call)
        self._using = using
        self._sent = self._committed = False

    def __call__(self) -> T:
        self._sent = self._committed = False
        with _Block(self._using, savepoint=True, durable=False):
            if not _in_test_case(connections[self._using]):
                # The first hook to run: whatever the others raise, the transaction is applied.
                transaction.on_commit(self._note_commit, using=self._using)
            result = self._call()
            self._sent = True
        return result

    def _note_commit(self) -> None:
        self._committed = True

    def is_sent(self) -> bool:
        return self._sent

    def is_committed(self) -> bool:
        return self._committed


class HasCommits(Protocol):
    """A wrapper that counts what may have been committed over it; conflicts are not counted."""

    commits: int
    autocommit: bool
    settings_dict: dict[str, Any]


class _Call(_Unit[T]):
    """An attempt that opens its transactions by itself."""

    def __init__(self, call: Callable[[], T], connection: HasCommits) -> None:
        super().__init__(call)
        self._connection = connection
        self._before = connection.commits

    def is_sent(self) -> bool:
        # Without autocommit, all of it is part of a transaction that somebody else has begun.
        return self._connection.commits != self._before or not self._connection.autocommit

    is_committed = is_sent


class _Remaining:
    """Rows of executemany(): who iterates again begins with the row that failed."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = deque(rows)

    def __iter__(self) -> Iterator[Any]:
        while self._rows:
            yield self._rows[0]
            # The next row is asked for, so the statement with this one has succeeded.
            self._rows.popleft()


def _repeat(attempt: _Attempt[T], waits: Iterator[float]) -> T:
    while True:
        try:
            return attempt()
        except (DatabaseError, InterfaceError) as error:
            if not attempt.may_repeat(error):
                raise
            pause = next(waits, None)
            if pause is None:
                logger.warning("Gave up: no time or attempts left after %s", _describe(error))
                raise
            logger.info("Trying again in %.0f ms after %s", pause * 1000, _describe(error))
        time.sleep(pause)


def _in_test_case(connection: Any) -> bool:
    """Whether a block of Django's TestCase is open, inside of which nothing is committed."""
    return any(block._from_testcase for block in connection.atomic_blocks)


def _is_part(connection: Any, joins: bool) -> bool:
    """Whether a call becomes part of an open transaction; an error where it would break it."""
    if not connection.in_atomic_block:
        return False
    blocks = connection.atomic_blocks
    if any(isinstance(block, _Block) for block in blocks):
        return True
    # Django's TestCase wraps each test in a block of its own; it marks that one.
    if blocks and blocks[-1]._from_testcase:
        return False
    if joins:
        return True
    raise TransactionManagementError(
        "A retried function was called inside atomic(), where a conflict undoes more than it "
        "could do again. Decorate the function with the outermost atomic() instead; under "
        "ATOMIC_REQUESTS that is the view."
    )


def _is_lost(error: BaseException) -> bool:
    """Whether the connection is gone: it has no code, or one of the server's shutting down.

    A session that became read-only by a failover is gone as well: WaitsMixin closes it.
    """
    if is_read_only(error):
        return True
    return isinstance(error, OperationalError | InterfaceError) and (
        sqlstate(error) is None or str(sqlstate(error)).startswith(("57P", "08"))
    )


def _has_lost_a_race(error: BaseException) -> bool:
    """Whether get_or_create() met another one's row; the next attempt finds it at once."""
    return isinstance(error, TransactionManagementError) and isinstance(
        error.__cause__, IntegrityError
    )


def _is_aborted(error: BaseException) -> bool:
    """Whether an earlier statement failed, and its error was caught: which one nobody can say."""
    return sqlstate(error) == ABORTED


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__} {sqlstate(error) or ''}".strip()
