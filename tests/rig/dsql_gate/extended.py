"""The extended query protocol (Parse, Bind, Execute ...), under the same rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.rig.dsql_gate.link import READY
from tests.rig.dsql_gate.rewrite import rewrite
from tests.rig.dsql_gate.statements import UNPARSED, Statement, split
from tests.rig.front_door.wire import Message

if TYPE_CHECKING:
    from tests.rig.dsql_gate.session import GateSession

# What ends the server's answer to each message.
ENDS: dict[bytes, set[bytes]] = {
    b"P": {b"1"},
    b"B": {b"2"},
    b"C": {b"3"},
    b"D": {b"T", b"n"},
    b"E": {b"C", b"I", b"s"},
}
FLUSH = Message(b"H")
SYNC = Message(b"S")
EMPTY = Statement("", UNPARSED)


class Extended:
    """Collects messages up to Sync or Flush and plays them to the server one by one."""

    def __init__(self, session: GateSession) -> None:
        self._session = session
        self._batch: list[Message] = []
        self._failed = False
        self._statements: dict[bytes, Statement] = {}
        self._portals: dict[bytes, Statement] = {}

    async def handle(self, message: Message) -> None:
        if message.kind in ENDS:
            self._batch.append(message)
        elif message.kind == b"H":
            await self._play()
            self._session.unit.release()
            await self._session.link.flush()
        elif message.kind == b"S":
            await self._play()
            await self._sync()

    async def _play(self) -> None:
        batch, self._batch = self._batch, []
        for message in batch:
            # As the server does: after an error nothing is heard until Sync.
            if not self._failed:
                self._session.unit.release()
                self._failed = not await self._play_one(message)

    async def _play_one(self, message: Message) -> bool:
        if message.kind == b"P":
            return await self._parse(message)
        if message.kind == b"E":
            return await self._execute(message)
        if message.kind == b"B":
            portal, name = message.body.split(b"\0", 2)[:2]
            statement = self._portals[portal] = self._statements.get(name, EMPTY)
            # Now and not at Execute: a transaction of its own would end the portal.
            if statement.writes:
                await self._session.unit.open_around(statement)
        return await self._forward(message)

    async def _parse(self, message: Message) -> bool:
        session = self._session
        name, sql, types = message.body.split(b"\0", 2)
        statements = split(sql.decode())
        if len(statements) != 1:
            return await self._forward(message)  # empty is fine, several is the server's refusal
        [statement] = statements
        if refusal := await session.judge_alone(statement):
            await session.unit.refuse(statement, refusal)
            return False
        rewritten = rewrite(statement, session.state.job_seconds)
        self._statements[name] = statement
        return await self._forward(
            Message(b"P", name + b"\0" + rewritten.text.encode() + b"\0" + types)
        )

    async def _execute(self, message: Message) -> bool:
        session = self._session
        statement = self._portals.get(message.body.split(b"\0", 1)[0], EMPTY)
        if refusal := await session.judge(statement):
            await session.unit.refuse(statement, refusal)
            return False
        if statement.commits:
            return await session.unit.commit(statement)
        reply = await session.link.converse(message, FLUSH, ends=ENDS[b"E"])
        tag = rewrite(statement, 0).tag
        return await session.unit.settle(statement, reply, tag)

    async def _forward(self, message: Message) -> bool:
        reply = await self._session.link.converse(message, FLUSH, ends=ENDS[message.kind])
        if reply.error:
            self._session.link.put(reply.error)
        return reply.error is None

    async def _sync(self) -> None:
        session = self._session
        await session.link.converse(SYNC, ends={READY})
        await session.unit.close(not self._failed)
        self._failed = False
        await session.ready()
