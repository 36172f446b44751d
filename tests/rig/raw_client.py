"""A client that speaks single protocol messages: psycopg2 never uses the extended protocol."""

from __future__ import annotations

import socket
import ssl
import struct

from tests.rig.dsql_gate import HOST, DsqlGate
from tests.rig.front_door import wire
from tests.rig.front_door.wire import Message
from tests.rig.tokens import dsql_token


class RawClient:
    """A session of `admin`; use it in a with statement."""

    def __init__(self, gate: DsqlGate) -> None:
        context = ssl.create_default_context(cafile=str(gate.ca))
        context.set_alpn_protocols(["postgresql"])
        plain = socket.create_connection(("127.0.0.1", gate.port), timeout=10)
        self._socket = context.wrap_socket(plain, server_hostname=HOST)
        self._socket.sendall(wire.Startup.of({"user": "admin", "database": "postgres"}).encode())
        assert self._receive().kind == b"R"
        self.send(Message(b"p", dsql_token(HOST).encode() + b"\0"))
        self.until_ready()

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *messages: Message) -> None:
        self._socket.sendall(b"".join(message.encode() for message in messages))

    def until_ready(self) -> list[Message]:
        """The server's messages up to ReadyForQuery."""
        messages = [self._receive()]
        while messages[-1].kind != b"Z":
            messages.append(self._receive())
        return messages

    def run(self, *requests: Message) -> list[str]:
        """Send requests and Sync; the tags and SQLSTATEs in the answers, then the status."""
        self.send(*requests, Message(b"S"))
        return [outcome for message in self.until_ready() if (outcome := _outcome(message))]

    def _receive(self) -> Message:
        kind, length = struct.unpack("!cI", self._exactly(5))
        return Message(kind, self._exactly(length - 4))

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            chunk = self._socket.recv(count - len(data))
            if not chunk:
                raise ConnectionError("the server has gone")
            data += chunk
        return data


def parse(sql: str, name: str = "") -> Message:
    return Message(b"P", name.encode() + b"\0" + sql.encode() + b"\0\0\0")


def bind(*values: str, name: str = "") -> Message:
    """Bind the unnamed portal to a prepared statement, with text parameters."""
    parameters = b"".join(
        struct.pack("!I", len(value.encode())) + value.encode() for value in values
    )
    count = struct.pack("!H", len(values))
    return Message(b"B", b"\0" + name.encode() + b"\0\0\0" + count + parameters + b"\0\0")


def execute() -> Message:
    return Message(b"E", b"\0" + bytes(4))


def _outcome(message: Message) -> str | None:
    if message.kind == b"C":
        return message.body.rstrip(b"\0").decode()
    if message.kind == b"E":
        return wire.error_fields(message)["C"]
    return message.body.decode() if message.kind == b"Z" else None
