"""Messages of the PostgreSQL protocol, version 3: reading, writing, errors.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from dataclasses import dataclass

SSL_REQUEST = 80877103
GSSENC_REQUEST = 80877104
CANCEL_REQUEST = 80877102
PROTOCOL_3_0 = 196608
LONGEST_STARTUP = 10_000  # as the server has it (MAX_STARTUP_PACKET_LENGTH)

AUTHENTICATION_OK = struct.pack("!I", 0)
AUTHENTICATION_CLEARTEXT = struct.pack("!I", 3)


class ProtocolError(Exception):
    """The peer does not speak the protocol."""


@dataclass(frozen=True)
class Message:
    """One message after the start-up: its type byte and its body."""

    kind: bytes
    body: bytes = b""

    def encode(self) -> bytes:
        return self.kind + struct.pack("!I", len(self.body) + 4) + self.body


@dataclass(frozen=True)
class Startup:
    """The first packet: a request code or protocol version, and the parameters."""

    code: int
    body: bytes = b""

    @property
    def parameters(self) -> dict[str, str]:
        words = self.body.split(b"\0")
        pairs = zip(words[::2], words[1::2], strict=False)
        return {name.decode(): value.decode() for name, value in pairs if name}

    def encode(self) -> bytes:
        return struct.pack("!II", len(self.body) + 8, self.code) + self.body

    @classmethod
    def of(cls, parameters: Mapping[str, str], code: int = PROTOCOL_3_0) -> Startup:
        words = [word.encode() + b"\0" for pair in parameters.items() for word in pair]
        return cls(code, b"".join(words) + b"\0")


def startup_length(head: bytes) -> int:
    """How many bytes follow the eight of a start-up packet's length and code."""
    length: int = struct.unpack("!I", head[:4])[0] - 8
    if not 0 <= length <= LONGEST_STARTUP:
        raise ProtocolError(f"a start-up packet cannot be {length + 8} bytes long")
    return length


async def read_startup(reader: asyncio.StreamReader) -> Startup:
    head = await reader.readexactly(8)
    return Startup(struct.unpack("!I", head[4:])[0], await reader.readexactly(startup_length(head)))


async def read_message(reader: asyncio.StreamReader) -> Message:
    """The next message; IncompleteReadError when the peer has gone."""
    head = await reader.readexactly(5)
    length = struct.unpack("!I", head[1:])[0] - 4
    if length < 0:
        raise ProtocolError(f"a message cannot be {length} bytes long")
    return Message(head[:1], await reader.readexactly(length))


def error(code: str, message: str, *, hint: str | None = None, severity: str = "ERROR") -> Message:
    """An ErrorResponse with the fields that clients read."""
    fields = {"S": severity, "V": severity, "C": code, "M": message} | ({"H": hint} if hint else {})
    return error_of(fields)


def error_of(fields: Mapping[str, str]) -> Message:
    """An ErrorResponse of fields by their one-letter names."""
    body = b"".join(name.encode() + value.encode() + b"\0" for name, value in fields.items())
    return Message(b"E", body + b"\0")


def error_fields(message: Message) -> dict[str, str]:
    """The fields of an ErrorResponse, by their one-letter names."""
    fields = [field.decode() for field in message.body.split(b"\0") if field]
    return {field[0]: field[1:] for field in fields}


def query(sql: str) -> Message:
    return Message(b"Q", sql.encode() + b"\0")


def columns(row: Message) -> list[str | None]:
    """The values of a DataRow as text."""
    values: list[str | None] = []
    position = 2
    for _ in range(struct.unpack("!H", row.body[:2])[0]):
        length = struct.unpack_from("!i", row.body, position)[0]
        position += 4
        values.append(None if length < 0 else row.body[position : position + length].decode())
        position += max(length, 0)
    return values
