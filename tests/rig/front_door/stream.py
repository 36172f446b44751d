"""One end of a connection: a client behind TLS, or the server."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

from tests.rig.front_door import wire

CHUNK = 65536
CLOSE_SECONDS = 5


class Stream:
    """Messages in, messages out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *messages: wire.Message | wire.Startup) -> None:
        await self.send_bytes(b"".join(message.encode() for message in messages))

    async def send_bytes(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def receive(self) -> wire.Message:
        return await wire.read_message(self.reader)

    async def receive_bytes(self) -> bytes:
        return await self.reader.read(CHUNK)

    async def close(self) -> None:
        """Say goodbye: what was sent still arrives."""
        self.writer.close()
        # The peer may have gone first, or never answer TLS's farewell.
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(self.writer.wait_closed(), CLOSE_SECONDS)

    def cut(self, *, reset: bool) -> None:
        """End the connection at once, with RST as a crashed host or with a bare FIN."""
        linger = struct.pack("ii", 1, 0) if reset else struct.pack("ii", 0, 0)
        connection = self.writer.get_extra_info("socket")
        # A stream that is about to close has no socket any more.
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()
