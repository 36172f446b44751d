"""Limits on how long a blocking call on a database connection may wait for the network.

A peer that vanishes without closing its socket makes libpq wait without end, and so does a server
that is stopped: connect_timeout covers the connecting alone, statement_timeout is kept by the
server, and keepalives are answered by its kernel.

    with deadline(connection.connection, 2):    # one connection
        cursor.execute("SELECT 1")

    with time_limit(27):                        # all that dbauth's engines do on this thread
        Car.objects.get(pk=1)
"""

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from typing import TypeVar

from dbauth.watchdog import HasSocket, Watch, watchdog

Result = TypeVar("Result")

_limit: ContextVar[Watch | None] = ContextVar("limit", default=None)


@contextlib.contextmanager
def deadline(connection: HasSocket, seconds: float) -> Iterator[None]:
    """Shut the connection's socket down unless the block ends within `seconds`.

    A call that is blocked by then raises the driver's OperationalError, and the connection is
    closed for good. A call that ends in time notices nothing.
    """
    watch = Watch(time.monotonic() + seconds)
    try:
        watch.add(connection)
        watchdog.guard(watch)
        yield
    finally:
        watchdog.release(watch)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let no wait of dbauth's engines on this thread last longer than `seconds` from now.

    That is what is left of Lambda's invocation. Whatever waits by then ends in OperationalError, a
    COMMIT too, of which nobody knows then whether it was applied. Inside another limit, the earlier
    end counts.
    """
    watch = Watch(min(time.monotonic() + seconds, limit_end()))
    token = _limit.set(watch)
    try:
        watchdog.guard(watch)
        yield
    finally:
        _limit.reset(token)
        watchdog.release(watch)


def limit_end() -> float:
    """When the thread's time limit ends, on the monotonic clock; infinity without one."""
    watch = _limit.get()
    return math.inf if watch is None or watch.closed else watch.end


def attend(connection: HasSocket) -> bool:
    """Put the connection under the thread's time limit; False if there is none.

    A limit is over with its block, also for a task or thread that has a copy of the context.
    """
    watch = _limit.get()
    if watch is None or watch.closed:
        return False
    watch.add(connection)
    return True


def within(seconds: float, function: Callable[[], Result]) -> Result:
    """What `function` returns or raises; TimeoutError once `seconds` are over.

    For calls without a socket to shut down, such as the resolver's. The call then goes on in a
    daemon thread, and nobody waits for it.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(function())
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result(seconds)
