"""The door itself: accept, secure, admit, relay."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from datetime import timedelta

from tests.rig.front_door import wire
from tests.rig.front_door.admission import Client, PasswordDoor, RefusedError
from tests.rig.front_door.dsql import DsqlDoor
from tests.rig.front_door.rds import RdsIamDoor
from tests.rig.front_door.state import State
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.tls import CancelRequested, Listener, PlainTextRefusedError
from tests.rig.front_door.upstream import Upstream, UpstreamRefusedError

BACKLOG = 512
KINDS: dict[str, type[PasswordDoor]] = {
    "password": PasswordDoor,
    "rds-iam": RdsIamDoor,
    "dsql": DsqlDoor,
}
GONE = (OSError, asyncio.IncompleteReadError, ssl.SSLError, wire.ProtocolError)


class Session:
    """A client and its connection to the server, joined."""

    def __init__(self, state: State, client: Stream, server: Stream) -> None:
        self.state = state
        self.client = client
        self.server = server
        self.connected = state.now()

    async def run(self) -> None:
        """Relay until either end has gone."""
        self.state.sessions.add(self)
        try:
            await self.converse()
        finally:
            self.state.sessions.discard(self)
            await self.server.close()
            # A peer that hangs says nothing, not even goodbye.
            await self.state.flowing.wait()
            await self.client.close()

    async def converse(self) -> None:
        pumps = [
            asyncio.create_task(self._pump(self.client, self.server)),
            asyncio.create_task(self._pump(self.server, self.client)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)

    async def _pump(self, source: Stream, sink: Stream) -> None:
        while chunk := await source.receive_bytes():
            await self.state.pace()
            await sink.send_bytes(chunk)

    def age(self, by: timedelta) -> None:
        """Have been opened so much earlier."""
        self.connected -= by

    def drop(self, how: str) -> None:
        """Cut the client off: `reset` as a crashed host does, `eof` as a closing one."""
        self.client.cut(reset=how == "reset")
        self.abandon()

    def abandon(self) -> None:
        """Leave the server, which undoes what was begun, and the client without an answer."""
        self.server.cut(reset=False)


class Door:
    """Listens on a loopback port."""

    kinds = KINDS

    def __init__(self, state: State) -> None:
        settings = state.settings
        self.state = state
        self.upstream = Upstream(
            settings.upstream_socket, settings.upstream_port, settings.database
        )
        self.admission: PasswordDoor = self.kinds[settings.kind](state, self.upstream)
        self.listener = Listener(settings.certificate)
        self._tasks: set[asyncio.Task[None]] = set()

    async def prepare(self) -> None:
        """What a door does before it opens; this one needs nothing."""

    async def serve(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            accepted, _ = await loop.sock_accept(listening)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = loop.create_task(self._receive(accepted))
            # The loop keeps only weak references to its tasks.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _receive(self, accepted: socket.socket) -> None:
        try:
            await self.state.pace()
            stream, server_name = await self.listener.secure(accepted)
        except PlainTextRefusedError as error:
            user = error.startup.parameters.get("user", "")
            await self._refuse(
                error.client,
                RefusedError("plain text", self.admission.plain_text(error.startup)),
                user,
            )
        except CancelRequested as request:
            await self._cancel(request)
        except GONE as error:
            self.state.statistics.refused(f"TLS: {type(error).__name__}")
            accepted.close()
        else:
            await self._welcome(stream, server_name)

    async def _welcome(self, stream: Stream, server_name: str | None) -> None:
        try:
            client = Client(stream, await wire.read_startup(stream.reader), server_name)
        except GONE:
            await stream.close()
            return
        try:
            server = await self.admission.admit(client)
        except RefusedError as refusal:
            await self._refuse(stream, refusal, client.user)
        except UpstreamRefusedError as error:
            await self._refuse(stream, RefusedError("server", error.message), client.user)
        except GONE:
            # The client has left, or the server is down: then nobody could say so politely.
            stream.cut(reset=True)
        else:
            self.state.statistics.connects += 1
            with contextlib.suppress(*GONE):
                await self.session(client, server).run()

    def session(self, client: Client, server: Stream) -> Session:
        return Session(self.state, client.stream, server)

    async def _refuse(self, stream: Stream, refusal: RefusedError, user: str) -> None:
        self.state.statistics.refused(refusal.reason, user)
        with contextlib.suppress(*GONE):
            await stream.send(refusal.message)
        await stream.close()

    async def _cancel(self, request: CancelRequested) -> None:
        # In plain text even where TLS is demanded: libpq's PQcancel cannot do otherwise.
        with contextlib.suppress(*GONE):
            server = await self.upstream.over_tcp()
            await server.send(request.startup)
            await server.receive_bytes()
            await server.close()
        await request.client.close()


def listen() -> socket.socket:
    """A listening socket on a free loopback port."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    listening.setblocking(False)
    return listening
