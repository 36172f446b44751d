"""What the gate knows beyond the door: faults ahead, the catalog's version, what it refused."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from tests.rig.dsql_gate.rules.registry import Refusal
from tests.rig.front_door.state import State

CONNECTION_AGE = timedelta(minutes=60)
# DSQL takes 5 to 24 s even for an empty table; a test that wants to see the wait asks for more.
JOB_SECONDS = 0.05

OC000 = Refusal("change conflicts with another transaction (OC000)", "40001")
OC001 = Refusal("schema has been updated by another transaction, please retry: (OC001)", "40001")
CONFLICTS = {"OC000": OC000, "OC001": OC001}
LOST_REPLY = "lost-reply"
LOST_COMMIT = "lost-commit"


class GateState(State):
    """The door's state and the gate's."""

    catalog_version = 0

    def reset(self) -> None:
        super().reset()
        self.commit_faults: deque[str] = deque()
        self.catalog_conflicts = False
        self.job_seconds = JOB_SECONDS
        self.refused_statements: list[dict[str, str]] = []
        self.ddl: list[str] = []

    def age_sessions(self, by: timedelta) -> None:
        """Let open sessions and their transactions have begun so much earlier."""
        for session in self.sessions:
            session.age(by)
        self.end_old_sessions()

    def end_old_sessions(self) -> None:
        """DSQL closes connections when they are an hour old."""
        for session in list(self.sessions):
            if self.now() - session.connected > CONNECTION_AGE:
                session.drop("eof")

    def refused_statement(self, sql: str, refusal: Refusal) -> None:
        self.refused_statements.append(
            {"sql": sql, "code": refusal.code, "message": refusal.message}
        )
