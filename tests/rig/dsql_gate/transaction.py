"""What one transaction may do on DSQL: one DDL statement or data, so much of it, so long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.rig.dsql_gate.rules.registry import Refusal
from tests.rig.dsql_gate.statements import Statement

ROWS = 3000
BYTES = 10 * 2**20
AGE = timedelta(seconds=300)

TOO_MANY_ROWS = Refusal("transaction row limit exceeded", "54000")
TOO_LARGE = Refusal("transaction size limit 10mb exceeded", "54000")
TOO_OLD = Refusal("transaction age limit of 300s exceeded", "54000")
MULTIPLE_DDL = Refusal("multiple ddl statements not supported in a transaction")
MIXED = Refusal("ddl and dml are not supported in the same transaction")

COUNTED_TAGS = {"INSERT", "UPDATE", "DELETE", "COPY"}


@dataclass
class Transaction:
    """A transaction so far. `size` counts the bytes of statements and copied data."""

    begun: datetime
    ddl: bool = False
    dml: bool = False
    locked: bool = False
    asynchronous: bool = False
    rows: int = 0
    size: int = 0

    @property
    def writes(self) -> bool:
        """Whether its COMMIT can meet a conflict."""
        return self.ddl or self.dml or self.locked

    def too_old(self, now: datetime) -> Refusal | None:
        return TOO_OLD if now - self.begun > AGE else None

    def admit(self, statement: Statement, now: datetime) -> Refusal | None:
        """Why the statement may not be the next one; if it may, it is."""
        if refusal := self.too_old(now):
            return refusal
        if statement.is_ddl and self.ddl:
            return MULTIPLE_DDL
        if (statement.is_ddl and self.dml) or (statement.is_dml and self.ddl):
            return MIXED
        self.ddl |= statement.is_ddl
        self.dml |= statement.is_dml
        self.locked |= statement.locks_rows
        self.asynchronous |= statement.asynchronous
        if statement.is_dml:
            self.size += len(statement.text.encode())
        return None

    def count(self, tag: str, copied: int) -> None:
        """The server has finished a statement with this command tag and as many bytes of COPY."""
        self.size += copied
        verb, *numbers = tag.split()
        if verb in COUNTED_TAGS and numbers:
            self.rows += int(numbers[-1])

    @property
    def exceeded(self) -> Refusal | None:
        """The limit that the transaction has passed."""
        if self.rows > ROWS:
            return TOO_MANY_ROWS
        return TOO_LARGE if self.size > BYTES else None
