"""The way from the door to the real server.

Over TCP the server asks for a password, so a client can prove itself there. Over its Unix socket,
which only the user that runs the tests can open, it trusts: there the door logs in as anyone whom
it has checked itself.
"""

from __future__ import annotations

import asyncio

from tests.rig.front_door import wire
from tests.rig.front_door.stream import Stream

SUPERUSER = "postgres"


class UpstreamRefusedError(Exception):
    """The server answered with an error; `message` is for the client."""

    def __init__(self, message: wire.Message) -> None:
        super().__init__(wire.error_fields(message).get("M", ""))
        self.message = message


def quoted(text: str) -> str:
    """A string constant of SQL."""
    return "'" + text.replace("'", "''") + "'"


class Upstream:
    """Opens connections to the server, and keeps one as its administrator."""

    def __init__(self, socket_path: str, port: int, database: str) -> None:
        self._socket_path = socket_path
        self._port = port
        self._database = database
        self._administrator: Stream | None = None
        self._turn = asyncio.Lock()

    async def over_tcp(self) -> Stream:
        return Stream(*await asyncio.open_connection("127.0.0.1", self._port))

    async def trusted(self) -> Stream:
        return Stream(*await asyncio.open_unix_connection(self._socket_path))

    async def ask(self, sql: str) -> list[list[str | None]]:
        """The rows of a query run as the administrator."""
        async with self._turn:
            try:
                return await self._ask(sql)
            except (OSError, asyncio.IncompleteReadError):
                # The server was restarted since the last question: ask on a new connection.
                self._administrator = None
                return await self._ask(sql)

    async def _ask(self, sql: str) -> list[list[str | None]]:
        if self._administrator is None:
            administrator = await self.trusted()
            await administrator.send(
                wire.Startup.of(
                    {"user": SUPERUSER, "database": self._database, "application_name": "door"}
                )
            )
            await _rows(administrator)
            self._administrator = administrator
        await self._administrator.send(wire.query(sql))
        return await _rows(self._administrator)


async def _rows(server: Stream) -> list[list[str | None]]:
    """The rows up to ReadyForQuery; UpstreamRefusedError after an error."""
    rows: list[list[str | None]] = []
    refusal: wire.Message | None = None
    while (message := await server.receive()).kind != b"Z":
        if message.kind == b"D":
            rows.append(wire.columns(message))
        elif message.kind == b"E":
            refusal = message
            if wire.error_fields(message).get("V") in {"FATAL", "PANIC"}:
                break
    if refusal:
        raise UpstreamRefusedError(refusal)
    return rows
