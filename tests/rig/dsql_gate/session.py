"""One client's session: its statements judged, its transactions watched."""

from __future__ import annotations

from tests.rig.dsql_gate import catalog
from tests.rig.dsql_gate.extended import Extended
from tests.rig.dsql_gate.jobs import Jobs
from tests.rig.dsql_gate.link import (
    ABORTED,
    IDLE,
    IN_TRANSACTION,
    READY,
    Link,
    Reply,
    SessionEndedError,
)
from tests.rig.dsql_gate.rewrite import rewrite
from tests.rig.dsql_gate.rules import Refusal, refusal_of
from tests.rig.dsql_gate.state import CONFLICTS, LOST_REPLY, OC000, OC001, GateState
from tests.rig.dsql_gate.statements import Statement, split
from tests.rig.dsql_gate.transaction import Transaction
from tests.rig.front_door import wire
from tests.rig.front_door.door import Session
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.wire import Message

COMMITS = {"COMMIT", "END"}
BEGINS = {"BEGIN", "START"}
SERVER_CONFLICTS = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock timeout
INDIFFERENT_TO_THE_CATALOG = {"TransactionStmt", "VariableSetStmt", "VariableShowStmt", "CallStmt"}


class GateSession(Session):
    """Speaks both protocols, simple and extended; both end in `step` and `commit`."""

    state: GateState

    def __init__(self, state: GateState, client: Stream, server: Stream, jobs: Jobs) -> None:
        super().__init__(state, client, server)
        self.link = Link(state, client, server)
        self.jobs = jobs
        self.extended = Extended(self)
        self.catalog_seen = state.catalog_version
        self.transaction: Transaction | None = None
        self.implicit = False
        self.held: Message | None = None

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
            if len(statements) > 1 or self.is_write(statement):
                await self.open_implicit(statement)
            done = await self.step(statement)
            if not done:
                break
        await self.close_implicit(done)
        await self.ready()

    async def step(self, statement: Statement) -> bool:
        """Run one statement of a query string; whether it succeeded."""
        self.release()
        if refusal := await self.judge(statement):
            await self.refuse(statement, refusal)
            return False
        if statement.transaction in COMMITS:
            return await self.commit(statement)
        rewritten = rewrite(statement, self.state.job_seconds)
        reply = await self.link.converse(wire.query(rewritten.text), ends={READY})
        return await self.settle(statement, reply, rewritten.tag)

    async def judge_alone(self, statement: Statement) -> Refusal | None:
        """Why the statement would be refused in any transaction."""
        if self.link.status == ABORTED:
            return None  # the server's own answer comes first
        return refusal_of(statement) or await catalog.refusal_of(statement, self.link)

    async def judge(self, statement: Statement) -> Refusal | None:
        """Why the statement is refused; admits it to the transaction otherwise."""
        if refusal := await self.judge_alone(statement):
            return refusal
        if self.link.status == ABORTED:
            return None
        if self.has_stale_catalog(statement):
            return OC001
        if self.transaction and not statement.transaction:
            for refusal in self.transaction.refusals(statement, self.state.now()):
                return refusal
            self.transaction.add(statement)
        return None

    def has_stale_catalog(self, statement: Statement) -> bool:
        """Whether the session learns only now of someone else's DDL."""
        if statement.kind in INDIFFERENT_TO_THE_CATALOG:
            return False
        stale = self.catalog_seen < self.state.catalog_version
        self.catalog_seen = self.state.catalog_version
        return stale and self.state.catalog_conflicts

    async def refuse(self, statement: Statement, refusal: Refusal) -> None:
        """Answer with the refusal, and fail the server's transaction with it."""
        self.state.refused_statement(statement.text, refusal)
        if self.link.status == IN_TRANSACTION:
            await self.link.ask("SELECT 1/0 -- refused by the DSQL gate")
        self.held = None
        self.link.put(wire.error(refusal.code, refusal.message, hint=refusal.hint))

    async def settle(self, statement: Statement, reply: Reply, tag: str | None = None) -> bool:
        """Count what the server did and pass its answer on; whether it was done."""
        if reply.error:
            self.link.put(self.translated(reply.error, statement))
            return False
        self.note_transaction(statement)
        if self.transaction:
            self.transaction.count(reply.tag)
            self.transaction.size += reply.copied
            if refusal := self.transaction.exceeded:
                await self.refuse(statement, refusal)
                return False
        if statement.is_ddl:
            self.state.ddl.append(statement.text)
        self.held = Message(b"C", tag.encode() + b"\0") if tag else reply.done
        return True

    def note_transaction(self, statement: Statement) -> None:
        if statement.transaction in BEGINS:
            self.implicit = False
            self.transaction = self.transaction or Transaction(self.state.now())
        elif self.link.status == IDLE:
            self.implicit = False
            self.transaction = None

    def translated(self, error: Message, statement: Statement) -> Message:
        """The server's error as DSQL words it, without traces of the gate's functions."""
        fields = wire.error_fields(error)
        if fields.get("C") in SERVER_CONFLICTS:
            refusal = OC001 if statement.is_ddl else OC000
            return wire.error(refusal.code, refusal.message)
        if "dsql_gate." in fields.get("W", ""):
            return wire.error_of({name: fields[name] for name in fields if name in "SVCMDHsctdn"})
        return error

    def is_write(self, statement: Statement) -> bool:
        return statement.is_ddl or statement.is_dml or statement.locks_rows

    async def open_implicit(self, statement: Statement) -> None:
        """Give a statement outside a transaction one that the gate can fail at its end."""
        if self.link.status == IDLE and not statement.transaction and statement.kind != "CallStmt":
            await self.link.ask("BEGIN")
            self.implicit = True
            self.transaction = Transaction(self.state.now())

    async def close_implicit(self, done: bool) -> None:
        if self.implicit:
            self.implicit = False
            if done:
                await self.commit(None)
            else:
                self.held = None
                self.transaction = None
                await self.link.ask("ROLLBACK")

    async def commit(self, statement: Statement | None) -> bool:
        """COMMIT, the client's or (None) the gate's own; whether it succeeded."""
        transaction, self.transaction, self.implicit = self.transaction, None, False
        fault = None
        if self.link.status == IN_TRANSACTION and transaction and transaction.writes:
            fault = self.state.commit_faults.popleft() if self.state.commit_faults else None
        if fault in CONFLICTS:
            await self.link.ask("ROLLBACK")
            self.held = None
            self.link.put(wire.error(CONFLICTS[fault].code, CONFLICTS[fault].message))
            return False
        reply = await self.link.ask(statement.text if statement else "COMMIT")
        if reply.error:
            self.held = None
            self.link.put(self.translated(reply.error, Statement("COMMIT", "TransactionStmt")))
            return False
        if transaction and reply.tag == "COMMIT":
            self.note_commit(transaction)
        if fault == LOST_REPLY:
            self.drop("eof")
            raise SessionEndedError
        if statement:
            self.held = reply.done
        return True

    def note_commit(self, transaction: Transaction) -> None:
        if transaction.ddl:
            self.state.catalog_version += 1
            self.catalog_seen = self.state.catalog_version
        if transaction.asynchronous:
            self.jobs.waiting.set()

    def release(self) -> None:
        """Send the last statement's tag, which waited for what its commit would bring."""
        if self.held:
            self.link.put(self.held)
            self.held = None

    async def ready(self) -> None:
        self.release()
        self.link.put(Message(READY, self.link.status))
        await self.link.flush()
