"""What the gate knows beyond the door: faults ahead, the catalog's version, what it refused."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from datetime import timedelta

from tests.rig.dsql_gate.rules.registry import Refusal
from tests.rig.front_door.state import Settings, State

CONNECTION_AGE = timedelta(minutes=60)
# DSQL takes 5 to 24 s even for an empty table; a test that wants to see the wait asks for more.
JOB_SECONDS = 0.05

OC000 = Refusal("change conflicts with another transaction (OC000)", "40001")
OC001 = Refusal("schema has been updated by another transaction, please retry: (OC001)", "40001")
CONFLICTS = {"OC000": OC000, "OC001": OC001}
LOST_REPLY = "lost-reply"
LOST_COMMIT = "lost-commit"
REFUSED_SET_UP = "refused"
LOST_SET_UP = "lost"
SET_UP_ERROR = Refusal("internal error", "XX000")


class GateState(State):
    """The door's state and the gate's."""

    def __init__(self, settings: Settings) -> None:
        self._catalog = os.open(settings.catalog, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        super().__init__(settings)

    @property
    def catalog_version(self) -> int:
        """How often the cluster's catalog has changed, through whichever gate."""
        return os.fstat(self._catalog).st_size

    def note_ddl(self) -> None:
        """The catalog has changed; all gates that share its file see that at once."""
        os.write(self._catalog, b".")

    def reset(self) -> None:
        super().reset()
        self.is_refusing = False
        self.round_trip = self.settings.round_trip
        self.commit_faults: deque[str] = deque()
        self.set_up_faults: deque[str] = deque()
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

    async def pace(self) -> None:
        await super().pace()
        if self.is_refusing:
            raise ConnectionResetError("this region is lost")

    async def agree(self) -> None:
        """Wait until the other region has agreed to a commit."""
        if self.round_trip:
            await asyncio.sleep(self.round_trip)

    def lose(self, *, silently: bool) -> None:
        """Lose the region: its clients are left without an answer, or cut off and turned away.

        What its sessions had begun is undone at once, because nobody waits for a lost region.
        """
        if silently:
            self.flowing.clear()
            for session in self.sessions:
                session.abandon()
        else:
            self.is_refusing = True
            self.drop_all("reset")

    def come_back(self) -> None:
        """Let new clients in; those from before find their connections closed."""
        self.is_refusing = False
        self.drop_all("reset")
        self.flowing.set()

    def drop_all(self, how: str) -> None:
        for session in list(self.sessions):
            session.drop(how)

    def refused_statement(self, sql: str, refusal: Refusal) -> None:
        self.refused_statements.append(
            {"sql": sql, "code": refusal.code, "message": refusal.message}
        )
