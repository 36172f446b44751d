"""One thread for the process, which shuts down sockets that were waited for too long."""

import contextlib
import math
import os
import socket
import threading
import time
from typing import Protocol

from dbauth.iam.forking import after_fork


class HasSocket(Protocol):
    """A driver's connection, such as psycopg2's or psycopg's."""

    def fileno(self) -> int: ...


class Watch:
    """The sockets that are shut down at `end` (on the monotonic clock), until it is closed."""

    __slots__ = ("_descriptors", "_watched", "closed", "end")

    def __init__(self, end: float) -> None:
        self.end = end
        self.closed = False
        self._watched: set[HasSocket] = set()
        self._descriptors: list[int] = []

    def add(self, connection: HasSocket) -> None:
        """Watch this connection too; one whose time is over already is shut down at once."""
        if self.closed or connection in self._watched:
            return
        number = connection.fileno()
        # A duplicate: should the driver close its own descriptor meanwhile, the number may be given
        # to another file, and that one must not be shut down.
        self._descriptors.append(os.dup(number))
        self._watched.add(connection)
        if time.monotonic() >= self.end:
            _shut_down(number)

    def shut_down(self) -> None:
        for each in self._descriptors:
            _shut_down(each)

    def close(self) -> None:
        self.closed = True
        # A number that is closed belongs to whoever opens the next file: none is kept.
        while self._descriptors:
            os.close(self._descriptors.pop())


def _shut_down(number: int) -> None:
    # shutdown() needs no family, and asking the kernel for it takes longer than the rest.
    end = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=number)
    try:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    finally:
        end.detach()  # whose descriptor it is closes it


class Watchdog:
    """Guards any number of watches with one thread.

    The thread is woken only for a watch that ends earlier than all it knows of. Watches of the same
    length follow one another without that, so a request pays for a lock and a set.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._make_lock()
        after_fork(self._make_lock)

    def _make_lock(self) -> None:
        # The lock itself is entered without a call of Python's, which Condition takes two of.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._watches: set[Watch] = set()
        self._wakes_at = 0.0

    def guard(self, watch: Watch) -> None:
        with self._lock:
            self._watches.add(watch)
            # A thread is not copied by a fork.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="dbauth")
                self._wakes_at = watch.end
                self._thread.start()
            elif watch.end < self._wakes_at:
                self._wakes_at = watch.end
                self._changed.notify()

    def release(self, watch: Watch) -> None:
        # A thread that is shutting down at this very moment is over with it before the lock is had,
        # so the socket's next user notices nothing.
        with self._lock:
            self._watches.discard(watch)
        watch.close()

    def _run(self) -> None:
        changed = self._changed
        with changed:
            while True:
                now = time.monotonic()
                for watch in [each for each in self._watches if each.end <= now]:
                    self._watches.discard(watch)
                    watch.shut_down()
                if self._watches:
                    self._wakes_at = min(each.end for each in self._watches)
                elif self._wakes_at <= now:
                    self._wakes_at = math.inf
                # Else the watch that it was woken for is over already, and its end stays: the next
                # one of that length wakes nobody.
                changed.wait(self._wakes_at - now if self._wakes_at < math.inf else None)


watchdog = Watchdog()
