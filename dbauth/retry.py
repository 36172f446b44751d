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
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar, overload

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.transaction import TransactionManagementError

from dbauth.attempts import Attempt, Block, Call, HasCommits, RemainingRows, Transaction
from dbauth.backoff import backoff
from dbauth.deadline import limit_end
from dbauth.outcomes import describe

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger("dbauth")

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
        return _repeat(Transaction(call, using), pauses(connection, seconds, attempts))

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
        params = RemainingRows(params)
    attempt = Attempt(functools.partial(execute, sql, params, many, context))
    return _repeat(attempt, pauses(connection))


def call(function: Callable[[], T], connection: HasCommits) -> T:
    """Call what opens its transactions by itself, again as long as nothing of it is committed."""
    return _repeat(Call(function, connection), pauses(connection))


def pauses(
    connection: Any, seconds: float | None = None, attempts: int | None = None
) -> Iterator[float]:
    """Seconds to wait before each further attempt, until time or attempts run out."""
    if seconds is None:
        seconds = float(connection.settings_dict["OPTIONS"].get("retry_seconds", DEFAULT_SECONDS))
    end = min(time.monotonic() + seconds, limit_end())
    further = None if attempts is None else max(attempts - 1, 0)
    return backoff(end, first=FIRST_PAUSE, longest=LONGEST_PAUSE, pauses=further)


def _repeat(attempt: Attempt[T], waits: Iterator[float]) -> T:
    while True:
        try:
            return attempt()
        except (DatabaseError, InterfaceError) as error:
            if not attempt.may_repeat(error):
                raise
            pause = next(waits, None)
            if pause is None:
                logger.warning("Gave up: no time or attempts left after %s", describe(error))
                raise
            logger.info("Trying again in %.0f ms after %s", pause * 1000, describe(error))
        time.sleep(pause)


def _is_part(connection: Any, joins: bool) -> bool:
    """Whether a call becomes part of an open transaction; an error where it would break it."""
    if not connection.in_atomic_block:
        return False
    blocks = connection.atomic_blocks
    if any(isinstance(block, Block) for block in blocks):
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
