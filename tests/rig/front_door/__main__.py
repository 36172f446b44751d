"""`python -m tests.rig.front_door`: a door without a gate."""

from __future__ import annotations

import asyncio

from tests.rig.front_door.control import Commands
from tests.rig.front_door.door import Door
from tests.rig.front_door.process import run
from tests.rig.front_door.state import State

asyncio.run(run(State, Door, Commands))
