"""Whether an idle connection deserves a round trip to find out if it is still alive."""

import select
import time
from typing import TYPE_CHECKING, Any

from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from dbauth.deadline import deadline

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper as Base
else:
    Base = object

# A pause after which an open connection is tried out before it is used, and how long that may take.
IDLE_CHECK_SECONDS = 5
CHECK_SECONDS = 5


class Stopwatch:
    """Time since the last use, on two clocks at once.

    The monotonic clock may stand still while a machine is suspended or restored from a snapshot,
    as Lambda does; the wall clock may be set. Whichever saw more is believed.
    """

    __slots__ = ("_monotonic", "_wall")

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The connection is being used now."""
        self._monotonic = time.monotonic()
        self._wall = time.time()

    def seconds(self) -> float:
        """The pause since the last use; a wall clock that went back counts as far."""
        return max(time.monotonic() - self._monotonic, abs(time.time() - self._wall))


def has_news(connection: Connection) -> bool:
    """Whether the server sent something unasked, which costs no round trip to find out.

    A server that shuts down or crashes closes the socket, and that can be read at once. Silence
    proves nothing: the peer may have vanished.
    """
    if connection.closed:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([connection], [], [], 0)[0])
    # select() fails on descriptors above 1023, and a selector object costs more than the asking.
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


class LivenessMixin(Base):
    """For a PostgreSQL backend: CONN_HEALTH_CHECKS without a round trip for each request.

    Django makes one before the first query of every request: 83 us of CPU and the way to the
    database and back. A connection that was used a moment ago and that the server has not closed is
    taken to be alive; after a pause it is tried out as ever, but no longer than `check_seconds`.
    """

    health_check_done: bool  # django-stubs 6.1 leaves its type open

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since_use = Stopwatch()

    @property
    def idle_check_seconds(self) -> float:
        return IDLE_CHECK_SECONDS

    @property
    def check_seconds(self) -> float:
        return CHECK_SECONDS

    def close_if_health_check_failed(self) -> None:
        # Django asks here before each query.
        if self.connection is not None and not self.health_check_done:
            paused = self._since_use.seconds() >= self.idle_check_seconds
            self.health_check_done = not (paused or has_news(self.connection))
        super().close_if_health_check_failed()
        self._since_use.restart()

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        # A check must not hang where the network does.
        with deadline(self.connection, self.check_seconds):
            return super().is_usable()
