"""The transaction that a session is in: opened, counted, failed, committed."""

from __future__ import annotations

from collections.abc import Callable

from tests.rig.dsql_gate.jobs import Jobs
from tests.rig.dsql_gate.link import IDLE, IN_TRANSACTION, Link, Reply, SessionEndedError
from tests.rig.dsql_gate.rules.registry import Refusal
from tests.rig.dsql_gate.state import CONFLICTS, LOST_COMMIT, LOST_REPLY, OC000, OC001, GateState
from tests.rig.dsql_gate.statements import Statement
from tests.rig.dsql_gate.transaction import Transaction
from tests.rig.front_door import wire
from tests.rig.front_door.wire import Message

BEGINS = {"BEGIN", "START"}
SERVER_CONFLICTS = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock timeout
OWN_COMMIT = Statement("COMMIT", "TransactionStmt", {"kind": "TRANS_STMT_COMMIT"})
# What is left of an error's fields when the gate's own functions must not show.
OUTWARD_FIELDS = "SVCMDHsctdn"


class UnitOfWork:
    """The client's transaction, or one that the gate opened around an autocommit statement.

    Without the latter a limit or a conflict could not take an autocommit statement back. The last
    command tag is held until the commit is known to have succeeded, as the server holds it.
    """

    def __init__(
        self, state: GateState, link: Link, jobs: Jobs, drop: Callable[[str], None]
    ) -> None:
        self._state = state
        self._link = link
        self._jobs = jobs
        self._drop = drop
        self._implicit = False
        self._held: Message | None = None
        self.transaction: Transaction | None = None
        self.catalog_seen = state.catalog_version

    async def open_around(self, statement: Statement) -> None:
        """Give a statement outside a transaction one of the gate's."""
        if self._link.status == IDLE and not statement.transaction and statement.kind != "CallStmt":
            if (await self._link.ask("BEGIN")).error:
                raise SessionEndedError("the server has no transaction to give")
            self._implicit = True
            self.transaction = Transaction(self._state.now())

    async def close(self, done: bool) -> None:
        """End the gate's transaction, if it is one."""
        if self._implicit and done:
            await self.commit(OWN_COMMIT)
        elif self._implicit:
            await self._roll_back()

    async def refuse(self, statement: Statement, refusal: Refusal) -> None:
        """Answer with the refusal, and fail the server's transaction with it."""
        self._state.refused_statement(statement.text, refusal)
        if self._link.status == IN_TRANSACTION:
            await self._link.ask("SELECT 1/0 -- refused by the DSQL gate")
        self._fail(refusal)

    async def settle(self, statement: Statement, reply: Reply, tag: str | None) -> bool:
        """Count what the server did and keep its tag, or `tag` instead; whether it was done."""
        if reply.error:
            self._link.put(self._translated(reply.error, statement))
            return False
        self._note_transaction(statement)
        if self.transaction:
            self.transaction.count(reply.tag, reply.copied)
            if refusal := self.transaction.exceeded:
                await self.refuse(statement, refusal)
                return False
        if statement.is_ddl:
            self._state.ddl.append(statement.text)
        self._held = Message(b"C", tag.encode() + b"\0") if tag else reply.done
        return True

    async def commit(self, statement: Statement) -> bool:
        """COMMIT, unless a fault is due; whether it succeeded."""
        transaction = self.transaction
        fault = self._next_fault()
        if refusal := CONFLICTS.get(fault or "") or self._too_old():
            await self._roll_back()
            self._fail(refusal)
            return False
        if fault == LOST_COMMIT:
            self._hang_up()
        if transaction and transaction.writes and self._live():
            await self._state.agree()
        reply = await self._link.ask(statement.text)
        self.transaction, self._implicit = None, False
        if reply.error:
            self._held = None
            self._link.put(self._translated(reply.error, statement))
            return False
        if transaction and reply.tag == "COMMIT":
            self._note_commit(transaction)
        if fault == LOST_REPLY:
            self._hang_up()
        if statement is not OWN_COMMIT:
            self._held = reply.done
        return True

    def release(self) -> None:
        """Send the held command tag."""
        if self._held:
            self._link.put(self._held)
            self._held = None

    def _next_fault(self) -> str | None:
        """The fault that this commit meets; only those that write something do."""
        faults = self._state.commit_faults
        writes = self.transaction is not None and self.transaction.writes
        return faults.popleft() if faults and writes and self._live() else None

    def _too_old(self) -> Refusal | None:
        if self.transaction and self._live():
            return self.transaction.too_old(self._state.now())
        return None

    def _live(self) -> bool:
        return self._link.status == IN_TRANSACTION

    def _hang_up(self) -> None:
        self._drop("eof")
        raise SessionEndedError

    async def _roll_back(self) -> None:
        self.transaction, self._implicit, self._held = None, False, None
        await self._link.ask("ROLLBACK")

    def _fail(self, refusal: Refusal) -> None:
        self._held = None
        self._link.put(wire.error(refusal.code, refusal.message, hint=refusal.hint))

    def _note_transaction(self, statement: Statement) -> None:
        if statement.transaction in BEGINS:
            self._implicit = False
            self.transaction = self.transaction or Transaction(self._state.now())
        elif self._link.status == IDLE:
            self._implicit = False
            self.transaction = None

    def _note_commit(self, transaction: Transaction) -> None:
        if transaction.ddl:
            self._state.note_ddl()
            self.catalog_seen = self._state.catalog_version
        if transaction.asynchronous:
            self._jobs.waiting.set()

    def _translated(self, error: Message, statement: Statement) -> Message:
        """The server's error as DSQL words it, without traces of the gate's functions."""
        fields = wire.error_fields(error)
        if fields.get("C") in SERVER_CONFLICTS:
            refusal = OC001 if statement.is_ddl else OC000
            return wire.error(refusal.code, refusal.message)
        if "dsql_gate." in fields.get("W", ""):
            return wire.error_of({name: fields[name] for name in fields if name in OUTWARD_FIELDS})
        return error
