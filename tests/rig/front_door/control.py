"""The door's end of the control channel: one JSON object a line, and one in answer."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

from tests.rig.front_door.sigv4 import Credentials
from tests.rig.front_door.state import Bucket, State


class Commands:
    """What a test can order; each method is a command."""

    def __init__(self, state: State) -> None:
        self._state = state

    def reset(self) -> None:
        self._state.reset()

    def set_clock(self, offset: float) -> None:
        self._state.clock_offset = timedelta(seconds=offset)

    def set_credentials(self, credentials: list[dict[str, Any]]) -> None:
        self._state.know([Credentials(**each) for each in credentials])

    def refuse(self, count: int, refusal: str) -> None:
        if refusal not in self._state.refusals:
            raise ValueError(f"{refusal} is none of {sorted(self._state.refusals)}")
        self._state.refusals_ahead.extend([refusal] * count)

    def drop(self, how: str) -> int:
        sessions = list(self._state.sessions)
        # Gone from now on: they take a moment to notice, and must not be counted twice.
        self._state.sessions.clear()
        for session in sessions:
            session.drop(how)
        return len(sessions)

    def hang(self, hanging: bool) -> None:
        (self._state.flowing.clear if hanging else self._state.flowing.set)()

    def delay(self, seconds: float) -> None:
        self._state.delay = seconds

    def limit_rate(self, rate: float, burst: float) -> None:
        self._state.bucket = Bucket(rate, burst)

    def statistics(self) -> dict[str, Any]:
        statistics = self._state.statistics
        return {
            "connects": statistics.connects,
            "tokens": len(statistics.tokens),
            "refusals": statistics.refusals,
            "open": len(self._state.sessions),
        }


async def serve(commands: Commands) -> asyncio.Server:
    """Answer commands on a loopback port of its own."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(_answer(commands, json.loads(line))).encode() + b"\n")
            await writer.drain()
        writer.close()

    return await asyncio.start_server(converse, "127.0.0.1", 0)


def _answer(commands: Commands, order: dict[str, Any]) -> dict[str, Any]:
    name = order.pop("command")
    try:
        return {"result": getattr(commands, name)(**order)}
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        return {"error": f"{name}: {type(error).__name__}: {error}"}
