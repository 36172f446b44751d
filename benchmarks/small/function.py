"""A function with one execution environment, throttled as soon as its init phase is over."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from benchmarks.small.quota import Quota
from tests.rig.lambda_runtime import INIT_SECONDS, Function
from tests.rig.runtime_api import Invocation


@dataclass
class SmallFunction(Function):
    """Notes how long the init phase took, in milliseconds."""

    quota: Quota = field(kw_only=True)
    init_ms: float = 0
    _started: float = field(default=0, init=False)
    _ready: threading.Event = field(default_factory=threading.Event, init=False)

    def start(self) -> None:
        """Return when the runtime waits for its first event; RuntimeError if it never does."""
        self._started = time.perf_counter()
        super().start()
        if not self._ready.wait(INIT_SECONDS):
            raise RuntimeError(f"{self.name} did not start; its log is {self.log}")

    def next(self) -> Invocation | None:
        if not self._ready.is_set():
            self.init_ms = (time.perf_counter() - self._started) * 1000
            self.quota.admit(self.pid)
            self._ready.set()
        return super().next()

    def timed(self, event: Any) -> tuple[float, Any]:
        """Milliseconds from event to answer, and the answer."""
        before = time.perf_counter()
        answer = self.invoke(event)
        return (time.perf_counter() - before) * 1000, answer
