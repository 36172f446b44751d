"""Clients of two regions: each prefers its own, and goes to the other when that does not answer."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field

import requests

from tests.rig.regions import TwoRegions

TRY_SECONDS = 2.0
# After a failed try a client stays with the other region for a moment before it asks its own again.
STAY_SECONDS = 1.0
# So many times it asks, in turn, before it gives up.
TRIES = 20


@dataclass
class Seen:
    """What one client saw in one phase; seconds from the first try to the answer in `waits`."""

    waits: list[float] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)
    away: int = 0  # answers of the region that is not its own
    most_failed: int = 0  # tries in vain for one request


class RegionClient(threading.Thread):
    """Stores cars, each with an Idempotency-Key that it repeats until there is an answer."""

    def __init__(self, service: TwoRegions, home: int) -> None:
        super().__init__(daemon=True)
        self.home = home
        self.phase = ""
        self.seen: dict[str, Seen] = {}
        self.acknowledged: dict[str, str] = {}
        self.unanswered: set[str] = set()
        self.ended = threading.Event()
        self._regions = [region.client() for region in service.regions]
        self._away_until = 0.0

    def run(self) -> None:
        while not self.ended.is_set():
            self._store(uuid.uuid4().hex)
        for region in self._regions:
            region.close()

    def has_answer(self, phase: str, *, away: bool) -> bool:
        """Whether a request of the phase was answered by its own region, or by the other one."""
        seen = self.seen.get(phase, Seen())
        return (seen.away if away else len(seen.waits) - seen.away) > 0

    def _store(self, model: str) -> None:
        seen = self.seen.setdefault(self.phase, Seen())
        key = str(uuid.uuid4())
        region = self.home if time.monotonic() >= self._away_until else 1 - self.home
        self.unanswered.add(model)
        started = time.monotonic()
        for number in range(TRIES):
            failure, car = self._try(region, model, key)
            if not failure:
                seen.waits.append(time.monotonic() - started)
                seen.away += region != self.home
                seen.most_failed = max(seen.most_failed, number)
                self.acknowledged[model] = car
                self.unanswered.discard(model)
                return
            seen.failed[failure] = seen.failed.get(failure, 0) + 1
            if region == self.home:
                self._away_until = time.monotonic() + STAY_SECONDS
            region = 1 - region

    def _try(self, region: int, model: str, key: str) -> tuple[str, str]:
        """Why it failed, or the car's id."""
        try:
            answer = self._regions[region].post(
                "/cars",
                json={"make": "A", "model": model, "year": 2020},
                headers={"Idempotency-Key": key},
                timeout=TRY_SECONDS,
            )
        except requests.Timeout:
            return "time-out", ""
        except requests.ConnectionError:
            return "no connection", ""
        if answer.status_code != 201:
            return str(answer.status_code), ""
        return "", answer.json()["id"]
