"""A limit on how long a blocking call on a database connection may wait for the network.

A peer that vanishes without closing its socket leaves libpq waiting for ever: connect_timeout
covers the connecting alone, and statement_timeout is kept by the server that is gone.

    with deadline(connection.connection, 2):
        cursor.execute("SELECT 1")
"""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from typing import Protocol


class HasSocket(Protocol):
    """A driver's connection, such as psycopg2's or psycopg's."""

    def fileno(self) -> int: ...


@contextlib.contextmanager
def deadline(connection: HasSocket, seconds: float) -> Iterator[None]:
    """Shut the connection's socket down unless the block ends within `seconds`.

    A call that is blocked by then raises the driver's OperationalError, and the connection is
    closed for good. A call that ends in time notices nothing.
    """
    lock = threading.Lock()
    armed = True

    def fire() -> None:
        with lock, contextlib.suppress(OSError):
            if armed:
                watched.shutdown(socket.SHUT_RDWR)

    # A duplicate: should the driver close its own descriptor meanwhile, the number may be given
    # to another file, and that one must not be shut down.
    with socket.socket(fileno=os.dup(connection.fileno())) as watched:
        timer = threading.Timer(seconds, fire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            # Taken so that a timer which fires at this very moment is over before the caller,
            # and the socket's next user, go on.
            with lock:
                armed = False
