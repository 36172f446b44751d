"""One client's session: its statements are judged, and run if they pass."""

from __future__ import annotations

from datetime import timedelta

from tests.rig.dsql_gate import catalog
from tests.rig.dsql_gate.extended import Extended
from tests.rig.dsql_gate.jobs import Jobs
from tests.rig.dsql_gate.link import ABORTED, READY, Link, SessionEndedError
from tests.rig.dsql_gate.rewrite import rewrite
from tests.rig.dsql_gate.rules import Refusal, refusal_of
from tests.rig.dsql_gate.state import LOST_SET_UP, OC001, SET_UP_ERROR, GateState
from tests.rig.dsql_gate.statements import Statement, split
from tests.rig.dsql_gate.unit import UnitOfWork
from tests.rig.front_door import wire
from tests.rig.front_door.door import Session
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.wire import Message

INDIFFERENT_TO_THE_CATALOG = {"TransactionStmt", "VariableSetStmt", "VariableShowStmt", "CallStmt"}


class GateSession(Session):
    """Speaks the simple protocol; the extended one is at its side."""

    state: GateState

    def __init__(self, state: GateState, client: Stream, server: Stream, jobs: Jobs) -> None:
        super().__init__(state, client, server)
        self.link = Link(state, client, server)
        self.unit = UnitOfWork(state, self.link, jobs, self.drop)
        self.extended = Extended(self)

    def age(self, by: timedelta) -> None:
        super().age(by)
        if self.unit.transaction:
            self.unit.transaction.begun -= by

    async def converse(self) -> None:
        try:
            await self.link.log_in()
            while (message := await self.link.request()).kind != b"X":
                if message.kind == b"Q":
                    await self.simple(message.body.rstrip(b"\0").decode())
                else:
                    await self.extended.handle(message)
        finally:
            self.link.close()

    async def simple(self, sql: str) -> None:
        """A query string, of one statement or several; those are one transaction."""
        statements = split(sql)
        if not statements:
            await self.link.converse(wire.query(sql), ends={READY})
        done = True
        for statement in statements:
            self.unit.release()
            if len(statements) > 1 or statement.writes:
                await self.unit.open_around(statement)
            done = await self.step(statement)
            if not done:
                break
        await self.unit.close(done)
        await self.ready()

    async def step(self, statement: Statement) -> bool:
        """Run one statement of a query string; whether it succeeded."""
        if refusal := await self.judge(statement):
            await self.unit.refuse(statement, refusal)
            return False
        if statement.commits:
            return await self.unit.commit(statement)
        rewritten = rewrite(statement, self.state.job_seconds)
        reply = await self.link.converse(wire.query(rewritten.text), ends={READY})
        return await self.unit.settle(statement, reply, rewritten.tag)

    async def judge(self, statement: Statement) -> Refusal | None:
        """Why the statement is refused; admits it to the transaction otherwise."""
        if refusal := await self.judge_alone(statement):
            return refusal
        if self.link.status == ABORTED:
            return None
        if self.has_stale_catalog(statement):
            return OC001
        if self.unit.transaction and not statement.transaction:
            return self.unit.transaction.admit(statement, self.state.now())
        return None

    async def judge_alone(self, statement: Statement) -> Refusal | None:
        """Why the statement would be refused in any transaction."""
        if self.link.status == ABORTED:
            return None  # the server's own answer comes first
        if refusal := self.fail_set_up(statement):
            return refusal
        return refusal_of(statement) or await catalog.refusal_of(statement, self.link)

    def fail_set_up(self, statement: Statement) -> Refusal | None:
        """The fault that is due where a client sets up its connection."""
        faults = self.state.set_up_faults
        if not faults or statement.node.get("name") != "search_path":
            return None
        if faults.popleft() == LOST_SET_UP:
            self.drop("eof")
            raise SessionEndedError
        return SET_UP_ERROR

    def has_stale_catalog(self, statement: Statement) -> bool:
        """Whether the session learns only now of someone else's DDL."""
        if statement.kind in INDIFFERENT_TO_THE_CATALOG:
            return False
        stale = self.unit.catalog_seen < self.state.catalog_version
        self.unit.catalog_seen = self.state.catalog_version
        return stale and self.state.catalog_conflicts

    async def ready(self) -> None:
        """The end of every exchange: the held tag, then ReadyForQuery."""
        self.unit.release()
        self.link.put(Message(READY, self.link.status))
        await self.link.flush()
