"""The gate's place between client and server: requests in, replies out, and its own questions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tests.rig.front_door import wire
from tests.rig.front_door.state import State
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.wire import Message

READY = b"Z"
DONE = b"C"
ERROR = b"E"
COPY_IN = b"G"
NO_MORE_COPY = {b"c", b"f"}
IDLE, IN_TRANSACTION, ABORTED = b"I", b"T", b"E"
FLUSH_BYTES = 65536
# A name of the gate's own: its questions must not replace the client's unnamed statement.
NAME = b"dsql_gate\0"


class SessionEndedError(ConnectionError):
    """The conversation is over."""


@dataclass
class Reply:
    """How the server answered: the error or the command's tag, neither of them sent on yet.

    `rows` are those of the gate's own questions; `copied` counts the bytes of a COPY.
    """

    error: Message | None = None
    done: Message | None = None
    copied: int = 0
    rows: list[list[str | None]] = field(default_factory=list)

    @property
    def tag(self) -> str:
        return self.done.body.rstrip(b"\0").decode() if self.done else ""


class Link:
    """Reads both ends; writes to the client what was put, when it is flushed."""

    def __init__(self, state: State, client: Stream, server: Stream) -> None:
        self._state = state
        self._client = client
        self._server = server
        self._outbox = bytearray()
        self._reading: dict[Stream, asyncio.Task[Message]] = {}
        self.status = IDLE

    async def log_in(self) -> None:
        """Let the server greet the client."""
        await self.converse(ends={READY})
        self.put(Message(READY, self.status))
        await self.flush()

    async def request(self) -> Message:
        """The client's next message; meanwhile the server may speak up or hang up."""
        while True:
            readings = [self._read(self._client), self._read(self._server)]
            await asyncio.wait(readings, return_when=asyncio.FIRST_COMPLETED)
            if readings[1].done():
                self.put(await self._from(self._server))
                await self.flush()
            else:
                message = await self._from(self._client)
                await self._state.pace()
                return message

    def put(self, *messages: Message) -> None:
        for message in messages:
            self._outbox += message.encode()

    async def flush(self) -> None:
        await self._state.flowing.wait()
        data, self._outbox = bytes(self._outbox), bytearray()
        if data:
            await self._client.send_bytes(data)

    async def converse(self, *messages: Message, ends: set[bytes], quiet: bool = False) -> Reply:
        """Send messages and pass the replies on, up to one of `ends`; errors and tags are kept."""
        if messages:
            await self._server.send(*messages)
        reply = Reply()
        while True:
            message = await self._from(self._server)
            if message.kind == READY:
                self.status = message.body
            elif message.kind == ERROR:
                await self._note_error(message)
                reply.error = message
            elif message.kind == DONE:
                reply.done = message
            elif not quiet:
                await self._pass_on(message, reply)
            elif message.kind == b"D":
                reply.rows.append(wire.columns(message))
            if message.kind in ends or (message.kind == ERROR and READY not in ends):
                return reply

    async def ask(self, sql: str) -> Reply:
        """Run a statement of the gate's own; the client hears nothing of it."""
        parse = Message(b"P", NAME + sql.encode() + b"\0\0\0")
        bind = Message(b"B", NAME + NAME + bytes(6))
        execute = Message(b"E", NAME + bytes(4))
        # Closed before and not after: after an error nothing would be heard of it.
        close = [Message(b"C", b"P" + NAME), Message(b"C", b"S" + NAME)]
        request = [*close, parse, bind, execute, Message(b"S")]
        return await self.converse(*request, ends={READY}, quiet=True)

    def close(self) -> None:
        for task in self._reading.values():
            task.cancel()
            # Looked at, or asyncio would report it as never retrieved.
            if task.done() and not task.cancelled():
                task.exception()

    async def _pass_on(self, message: Message, reply: Reply) -> None:
        self.put(message)
        if message.kind == COPY_IN:
            reply.copied = await self._copy_in()
        elif len(self._outbox) > FLUSH_BYTES:
            await self.flush()

    async def _copy_in(self) -> int:
        """Relay the client's data; how many bytes they were."""
        await self.flush()
        size = 0
        while True:
            message = await self._from(self._client)
            await self._server.send(message)
            size += len(message.body)
            if message.kind in NO_MORE_COPY:
                return size

    async def _note_error(self, message: Message) -> None:
        if wire.error_fields(message).get("V") in {"FATAL", "PANIC"}:
            self.put(message)
            await self.flush()
            raise SessionEndedError

    def _read(self, stream: Stream) -> asyncio.Task[Message]:
        if stream not in self._reading:
            self._reading[stream] = asyncio.create_task(stream.receive())
        return self._reading[stream]

    async def _from(self, stream: Stream) -> Message:
        # A task for each message would cost more than all else that is done with it.
        if reading := self._reading.pop(stream, None):
            return await reading
        return await stream.receive()
