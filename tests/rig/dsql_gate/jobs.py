"""DSQL's asynchronous jobs: index builds and validations, which end some time after they began."""

from __future__ import annotations

import asyncio

from tests.rig.front_door.upstream import Upstream, UpstreamRefusedError

LOOK_SECONDS = 0.01


class Jobs:
    """Ends the jobs that are due. `waiting` is set when one has been submitted."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self.waiting = asyncio.Event()
        # An earlier gate before the same server may have left some.
        self.waiting.set()

    async def run(self) -> None:
        while True:
            await self.waiting.wait()
            await asyncio.sleep(LOOK_SECONDS)
            self.waiting.clear()
            if await self._unfinished():
                self.waiting.set()

    async def _unfinished(self) -> bool:
        try:
            [[count]] = await self._upstream.ask("SELECT dsql_gate.finish_jobs()")
        except (OSError, asyncio.IncompleteReadError, UpstreamRefusedError):
            return True  # the server is down at this moment; the jobs are still in its tables
        return count != "0"
