"""The door's TLS: how it is negotiated, and the server name that the client asks for."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import weakref

from tests.rig.front_door import wire
from tests.rig.front_door.stream import Stream

ALPN = "postgresql"
TLS_HANDSHAKE = b"\x16"
HANDSHAKE_SECONDS = 30


class PlainTextRefusedError(Exception):
    """The client wanted to speak without TLS."""

    def __init__(self, client: Stream, startup: wire.Startup) -> None:
        super().__init__("plain text")
        self.client = client
        self.startup = startup


class CancelRequested(Exception):  # noqa: N818 - a turn in the conversation, not an error
    """The connection carries nothing but a request to cancel another one's query."""

    def __init__(self, client: Stream, startup: wire.Startup) -> None:
        super().__init__("cancel")
        self.client = client
        self.startup = startup


class Listener:
    """Turns accepted sockets into TLS streams, the way a PostgreSQL server does."""

    def __init__(self, certificate: str) -> None:
        self._names: weakref.WeakKeyDictionary[object, str | None] = weakref.WeakKeyDictionary()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._context.set_alpn_protocols([ALPN])
        self._context.sni_callback = self._note_name

    def _note_name(self, tls: object, name: str | None, _context: ssl.SSLContext) -> None:
        self._names[tls] = name

    async def secure(self, accepted: socket.socket) -> tuple[Stream, str | None]:
        """The stream behind TLS and the server name that the client asked for."""
        if await _peek(accepted) == TLS_HANDSHAKE:
            return await self._wrap(accepted, direct=True)
        loop = asyncio.get_running_loop()
        while True:
            head = await _read_exactly(accepted, 8)
            code = struct.unpack("!I", head[4:])[0]
            if code == wire.GSSENC_REQUEST:
                await loop.sock_sendall(accepted, b"N")
            elif code == wire.SSL_REQUEST:
                await loop.sock_sendall(accepted, b"S")
                return await self._wrap(accepted, direct=False)
            else:
                body = await _read_exactly(accepted, wire.startup_length(head))
                turn = CancelRequested if code == wire.CANCEL_REQUEST else PlainTextRefusedError
                raise turn(await _stream(accepted, None), wire.Startup(code, body))

    async def _wrap(self, accepted: socket.socket, *, direct: bool) -> tuple[Stream, str | None]:
        stream = await _stream(accepted, self._context)
        tls = stream.writer.get_extra_info("ssl_object")
        if direct and tls.selected_alpn_protocol() != ALPN:
            # As the server does: without it, another protocol's client could be led here.
            stream.cut(reset=False)
            raise wire.ProtocolError("direct TLS without ALPN")
        return stream, self._names.get(tls)


async def _peek(accepted: socket.socket) -> bytes:
    """The first byte, which stays to be read."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(accepted, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(accepted)
    return accepted.recv(1, socket.MSG_PEEK)


async def _read_exactly(accepted: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        chunk = await asyncio.get_running_loop().sock_recv(accepted, count - len(data))
        if not chunk:
            raise asyncio.IncompleteReadError(data, count)
        data += chunk
    return data


async def _stream(accepted: socket.socket, context: ssl.SSLContext | None) -> Stream:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(
        lambda: protocol,
        accepted,
        ssl=context,
        ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None,
    )
    return Stream(reader, asyncio.StreamWriter(transport, protocol, reader, loop))
