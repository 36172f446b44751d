"""The stacks, and the processes that they run in."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from benchmarks.names import (
    CARSITE,
    DEFAULT_DRF,
    FASTAPI_ASYNC,
    FASTAPI_DEF,
    POWERTOOLS,
    RAW,
)
from tests.rig.environment import child
from tests.rig.services import deployed, lambda_credentials

Event = Mapping[str, Any]

ROOT = Path(__file__).resolve().parents[2]
PEERS = "benchmarks.peers"
HANDLERS = {
    RAW: f"{PEERS}.raw.handler",
    POWERTOOLS: f"{PEERS}.powertools.handler",
    CARSITE: "carsite.lambda_handler.handler",
    FASTAPI_ASYNC: f"{PEERS}.fastapi_async.handler",
    FASTAPI_DEF: f"{PEERS}.fastapi_def.handler",
    DEFAULT_DRF: "zappa.handler.lambda_handler",
}
# Zappa looks for its settings beside the handler, and writes Django's name into the environment.
ZAPPA_SETTINGS = {"PYTHONPATH": str(ROOT / "benchmarks" / "peers" / "drf")}


@dataclass(frozen=True)
class Sample:
    """What one event took, in seconds."""

    cpu: float
    wall: float


@dataclass
class Worker:
    """A stack's process."""

    name: str
    process: subprocess.Popen[str] = field(repr=False)

    def call(self, events: Sequence[Event]) -> list[Sample]:
        """Answer the events one after the other."""
        return [Sample(cpu, wall) for cpu, wall, _ in self._order(events, answers=False)]

    def answer(self, event: Event) -> dict[str, Any]:
        """What the function answers."""
        ((_, _, answer),) = self._order([event], answers=True)
        return dict(answer)

    def _order(self, events: Sequence[Event], *, answers: bool) -> list[tuple[float, float, Any]]:
        stdin, stdout = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        stdin.write(json.dumps({"events": events, "answers": answers}) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} has died; its traceback is above")
        return [tuple(sample) for sample in json.loads(line)]

    @property
    def peak_megabytes(self) -> float:
        """The kernel's own high-water mark, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1_000_000


@contextlib.contextmanager
def running(
    name: str,
    environment: Mapping[str, str],
    root: Path = ROOT,
    label: str = "",
    handler: str = "",
) -> Iterator[Worker]:
    """The stack `name` of the checkout at `root`, ready for events while the block lasts.

    `handler` is another function for its events than its own.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.warm.worker", handler or HANDLERS[name]],
        cwd=root,
        env=child(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Worker(label or name, process)
    finally:
        process.kill()
        process.communicate()


def environment(name: str, url: str, static: Path) -> dict[str, str]:
    """What the stack finds in Lambda's environment."""
    if name == DEFAULT_DRF:
        return {"DATABASE_URL": url, **ZAPPA_SETTINGS}
    if name == CARSITE:
        return {
            **deployed("regular", url),
            **lambda_credentials(),
            "ALLOWED_HOSTS": "*",
            "STATIC_ROOT": str(static),
        }
    return {"DATABASE_URL": url}
