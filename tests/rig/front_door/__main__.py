"""`python -m tests.rig.front_door`: settings as a JSON line on stdin, the ports as one on stdout.

The process ends when its stdin does, so it cannot outlive the tests that started it.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tests.rig.front_door import control
from tests.rig.front_door.door import Door, listen
from tests.rig.front_door.state import Settings, State


async def run() -> None:
    settings = Settings(**json.loads(sys.stdin.readline()))
    state = State(settings)
    listening = listen()
    state.port = listening.getsockname()[1]
    server = await control.serve(control.Commands(state))
    serving = asyncio.create_task(Door(state).serve(listening))
    ports = {"port": state.port, "control": server.sockets[0].getsockname()[1]}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    serving.cancel()


asyncio.run(run())
