"""Connections to the server that the sessions of an RDS Proxy share, a transaction at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tests.rig.front_door import wire
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.upstream import Upstream, UpstreamRefusedError

READY, ERROR = b"Z", b"E"

Key = tuple[str, str]  # user and database


@dataclass
class Pooled:
    """A connection, whose it is, and what the server said when it was opened."""

    stream: Stream
    key: Key
    greeting: list[wire.Message]


class Pool:
    """At most `limit` connections; whoever wants one more waits."""

    def __init__(self, upstream: Upstream, limit: int) -> None:
        self._upstream = upstream
        self.limit = limit
        self.open = 0
        self._idle: defaultdict[Key, list[Pooled]] = defaultdict(list)
        self._changed = asyncio.Condition()

    async def borrow(self, key: Key, seconds: float) -> Pooled:
        """One that nobody uses. Raises TimeoutError, or UpstreamRefusedError as the server does."""
        async with asyncio.timeout(seconds), self._changed:
            while self.open > self.limit and any(self._idle.values()):
                await self._end_an_idle_one()
            await self._changed.wait_for(lambda: self._idle[key] or self._room())
            if self._idle[key]:
                return self._idle[key].pop()
            if self.open >= self.limit:
                await self._end_an_idle_one()
            self.open += 1
        try:
            return await self._connect(key)
        except BaseException:
            await self._lost()
            raise

    async def give_back(self, pooled: Pooled) -> None:
        async with self._changed:
            self._idle[pooled.key].append(pooled)
            self._changed.notify_all()

    async def end(self, pooled: Pooled) -> None:
        """Close one that nobody else may have, because of what its session did to it."""
        await pooled.stream.close()
        await self._lost()

    def _room(self) -> bool:
        return self.open < self.limit or any(self._idle.values())

    async def _end_an_idle_one(self) -> None:
        spare = next(idle for idle in self._idle.values() if idle).pop()
        self.open -= 1
        await spare.stream.close()

    async def _lost(self) -> None:
        async with self._changed:
            self.open -= 1
            self._changed.notify_all()

    async def _connect(self, key: Key) -> Pooled:
        stream = await self._upstream.trusted()
        try:
            await stream.send(wire.Startup.of(_parameters(*key)))
            return Pooled(stream, key, await _greeting(stream))
        except BaseException:
            with contextlib.suppress(OSError):
                await stream.close()
            raise


def _parameters(user: str, database: str) -> Mapping[str, str]:
    # RDS's default time zone is UTC.
    return {
        "user": user,
        "database": database,
        "client_encoding": "UTF8",
        "TimeZone": "UTC",
        "application_name": "RDS Proxy",
    }


async def _greeting(stream: Stream) -> list[wire.Message]:
    """Everything up to ReadyForQuery."""
    messages = []
    while (message := await stream.receive()).kind != READY:
        if message.kind == ERROR:
            raise UpstreamRefusedError(message)
        messages.append(message)
    return messages
