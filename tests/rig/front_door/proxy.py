"""RDS Proxy: tokens only, no options, and connections that sessions share until one changes them.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-pinning.html
"""

from __future__ import annotations

import asyncio
import re

from tests.rig.front_door import wire
from tests.rig.front_door.admission import Client, RefusedError, fatal
from tests.rig.front_door.control import Commands
from tests.rig.front_door.door import Door, Session
from tests.rig.front_door.pool import Key, Pool, Pooled
from tests.rig.front_door.process import run
from tests.rig.front_door.rds import RdsIamDoor
from tests.rig.front_door.state import State
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.upstream import UpstreamRefusedError

CONNECTIONS = 20
BORROW_SECONDS = 10.0
NO_OPTIONS = "Feature not supported: RDS Proxy currently doesn't support command-line options."
QUERY, COPY_IN, READY, TERMINATE = b"Q", b"G", b"Z", b"X"
COPY_ENDS = {b"c", b"f"}
IDLE = b"I"
LONGEST_SHARED = 16 * 1024  # bytes of a statement
PINS = re.compile(
    r"(\A|;)\s*(SET(?!\s+(LOCAL|TRANSACTION)\b)|RESET|PREPARE|DEALLOCATE|EXECUTE|DISCARD|LISTEN|LOAD)\b"
    r"|\bset_config\s*\(|\bpg_(try_)?advisory_lock|\bDECLARE\b.*\bCURSOR\b"
    r"|\bCREATE\s+(LOCAL\s+)?TEMP(ORARY)?\b",
    re.IGNORECASE | re.DOTALL,
)


class ProxyState(State):
    """What a door knows, and what became of the connections behind it."""

    def reset(self) -> None:
        super().reset()
        self.connections = CONNECTIONS
        self.borrow_seconds = BORROW_SECONDS
        self.pinned: list[str] = []  # the statements that pinned a session
        self.most = 0  # server connections at one time


class ProxyCommands(Commands):
    """More orders, for the connections behind the proxy."""

    _state: ProxyState

    def limit_connections(self, connections: int, borrow_seconds: float) -> None:
        self._state.connections, self._state.borrow_seconds = connections, borrow_seconds

    def pool(self) -> dict[str, object]:
        return {"pinned": self._state.pinned, "most": self._state.most}


class ProxyAdmission(RdsIamDoor):
    """Everybody needs a token (IAMAuth REQUIRED); the password behind it is the proxy's."""

    async def admit(self, client: Client) -> Stream:
        if client.startup.parameters.get("options"):
            raise RefusedError("options", fatal("0A000", NO_OPTIONS))
        await self.check(client)
        return client.stream  # there is no connection of its own


class ProxySession(Session):
    """A client that has a connection of the pool for as long as a transaction, or a pin, lasts."""

    state: ProxyState

    def __init__(self, state: State, client: Stream, pool: Pool, key: Key) -> None:
        super().__init__(state, client, client)
        self._pool, self._key = pool, key
        self._held: Pooled | None = None
        self._pinned = False

    async def run(self) -> None:
        self.state.sessions.add(self)
        try:
            await self._greet()
            while (message := await self.client.receive()).kind != TERMINATE:
                await self.state.pace()
                await self._serve(message)
        finally:
            self.state.sessions.discard(self)
            if self._held:
                await self._pool.end(self._held)
            await self.client.close()

    def drop(self, how: str) -> None:
        self.client.cut(reset=how == "reset")

    async def _greet(self) -> None:
        held = await self._borrow()
        if held is None:
            return
        await self.client.send(*held.greeting, wire.Message(READY, IDLE))
        await self._release()

    async def _serve(self, message: wire.Message) -> None:
        held = await self._borrow()
        if held is None:
            return
        self._pin(message)
        await held.stream.send(message)
        while (answer := await held.stream.receive()).kind != READY:
            await self.client.send(answer)
            if answer.kind == COPY_IN:
                await self._copy(held.stream)
        await self.client.send(answer)
        if answer.body == IDLE and not self._pinned:
            await self._release()

    async def _borrow(self) -> Pooled | None:
        if self._held is None:
            self._pool.limit = self.state.connections
            try:
                self._held = await self._pool.borrow(self._key, self.state.borrow_seconds)
            except TimeoutError:
                text = "Timed-out waiting to acquire database connection"
                await self.client.send(fatal("08000", text))
                raise ConnectionResetError(text) from None
            except UpstreamRefusedError as error:
                await self.client.send(error.message)
                raise ConnectionResetError(str(error)) from error
            self.state.most = max(self.state.most, self._pool.open)
        return self._held

    async def _release(self) -> None:
        held, self._held = self._held, None
        if held:
            await self._pool.give_back(held)

    def _pin(self, message: wire.Message) -> None:
        """Keep the connection for this client from now on, if its statement changes the session."""
        if self._pinned:
            return
        text = message.body.rstrip(b"\0").decode(errors="replace")
        # psycopg2 sends simple queries only; anything else is more than this door can share.
        if message.kind != QUERY or len(message.body) > LONGEST_SHARED or PINS.search(text):
            self._pinned = True
            self.state.pinned.append(text[:200])

    async def _copy(self, server: Stream) -> None:
        while True:
            message = await self.client.receive()
            await server.send(message)
            if message.kind in COPY_ENDS:
                return


class ProxyDoor(Door):
    """A door whose sessions share what is behind it."""

    kinds = {"rds-proxy": ProxyAdmission}
    state: ProxyState

    async def prepare(self) -> None:
        self.pool = Pool(self.upstream, self.state.connections)

    def session(self, client: Client, server: Stream) -> ProxySession:
        parameters = client.startup.parameters
        key = (client.user, parameters.get("database", client.user))
        return ProxySession(self.state, client.stream, self.pool, key)


if __name__ == "__main__":
    asyncio.run(run(ProxyState, ProxyDoor, ProxyCommands))
