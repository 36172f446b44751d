"""What the door knows and counts; the control channel reads and changes it."""

from __future__ import annotations

import asyncio
import hashlib
import math
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.rig.front_door.sigv4 import Credentials


class Session(Protocol):
    """An open connection, as far as the control channel cares."""

    connected: datetime

    def drop(self, how: str) -> None: ...

    def abandon(self) -> None: ...

    def age(self, by: timedelta) -> None: ...


@dataclass(frozen=True)
class Settings:
    """What a door is started with; it does not change."""

    kind: str
    hosts: list[str]
    region: str
    certificate: str
    upstream_socket: str
    upstream_port: int
    credentials: list[dict[str, Any]]
    database: str = "postgres"  # what the server has behind the gate's only database
    catalog: str = ""  # a file that grows with each DDL, shared by all gates of a cluster
    round_trip: float = 0.0  # seconds to the other region and back


@dataclass
class Statistics:
    """Counts since the start or the last reset."""

    connects: int = 0
    refusals: list[dict[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    def saw_token(self, token: str) -> None:
        # A digest: the tokens themselves have no business in a test's output.
        self.tokens.add(hashlib.sha256(token.encode()).hexdigest())

    def refused(self, reason: str, user: str = "") -> None:
        self.refusals.append({"reason": reason, "user": user})


class Bucket:
    """So many new connections a second after a burst; by default as many as like to come."""

    def __init__(self, rate: float = math.inf, burst: float = math.inf) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._filled = burst, time.monotonic()

    def take(self) -> bool:
        """Whether one more is let in now."""
        now = time.monotonic()
        if math.isfinite(self._rate):
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class State:
    """The door's mood."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = 0
        self.sessions: set[Session] = set()
        self.flowing = asyncio.Event()
        self.refusals: frozenset[str] = frozenset()
        self.reset()

    def reset(self) -> None:
        """Everything as it was when the door opened; open sessions stay."""
        self.clock_offset = timedelta()
        self.delay = 0.0
        self.bucket = Bucket()
        self.refusals_ahead: deque[str] = deque()
        self.statistics = Statistics()
        self.know([Credentials(**each) for each in self.settings.credentials])
        self.flowing.set()

    def know(self, credentials: list[Credentials]) -> None:
        """These are the valid credentials from now on, and no others."""
        self.credentials = {each.access_key: each for each in credentials}

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_offset

    async def pace(self) -> None:
        """Hold what is about to be relayed as long as the control channel wants."""
        if self.delay:
            await asyncio.sleep(self.delay)
        await self.flowing.wait()
