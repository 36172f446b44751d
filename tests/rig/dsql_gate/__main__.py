"""`python -m tests.rig.dsql_gate`: started and ended as the front door is."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.rig.dsql_gate.admission import GateAdmission
from tests.rig.dsql_gate.control import GateCommands
from tests.rig.dsql_gate.jobs import Jobs
from tests.rig.dsql_gate.session import GateSession
from tests.rig.dsql_gate.state import GateState
from tests.rig.front_door.admission import Client
from tests.rig.front_door.door import Door
from tests.rig.front_door.process import run
from tests.rig.front_door.stream import Stream

SETUP = Path(__file__).with_name("setup.sql")


class GateDoor(Door):
    """A DSQL door whose sessions are judged statement by statement."""

    kinds = {"dsql": GateAdmission}
    state: GateState

    async def prepare(self) -> None:
        await self.upstream.ask(SETUP.read_text())
        self.jobs = Jobs(self.upstream)
        self.finishing = asyncio.create_task(self.jobs.run())

    def session(self, client: Client, server: Stream) -> GateSession:
        return GateSession(self.state, client.stream, server, self.jobs)


asyncio.run(run(GateState, GateDoor, GateCommands))
