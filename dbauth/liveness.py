"""Whether an idle connection deserves a round trip to find out if it is still alive."""

import selectors
import time

from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

# poll() where there is one: select() fails on descriptors above 1023.
Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)


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
    with Selector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(timeout=0))
