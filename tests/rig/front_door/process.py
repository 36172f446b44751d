"""A door as a process: settings as a JSON line on stdin, the ports as one on stdout.

The process ends when its stdin does, so it cannot outlive the tests that started it.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tests.rig.front_door import control
from tests.rig.front_door.door import Door, listen
from tests.rig.front_door.state import Settings, State


async def run(
    make_state: type[State], make_door: type[Door], make_commands: type[control.Commands]
) -> None:
    state = make_state(Settings(**json.loads(sys.stdin.readline())))
    door = make_door(state)
    await door.prepare()
    listening = listen()
    state.port = listening.getsockname()[1]
    server = await control.serve(make_commands(state))
    serving = asyncio.create_task(door.serve(listening))
    ports = {"port": state.port, "control": server.sockets[0].getsockname()[1]}
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    serving.cancel()
