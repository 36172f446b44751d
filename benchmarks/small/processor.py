"""`python -m benchmarks.small.processor`: what warm requests take of the quota of 256 MB.

Milliseconds of CPU by the kernel's count for each thread, and how many requests the quota stopped.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.names import GET_ONE, LIST_50, POST, SMALL_FASTAPI, SMALL_REGULAR
from benchmarks.report import show
from benchmarks.small.__main__ import event, running, timed
from benchmarks.small.function import SmallFunction
from benchmarks.small.quota import Quota, limited
from benchmarks.small.stacks import Stack, stacks

REQUESTS = 200


def main() -> None:
    header = ["ms of CPU at 256 MB", "p50", "p90", "p99", f"of {REQUESTS} stopped"]
    with (
        tempfile.TemporaryDirectory(prefix="carsite-small-") as name,
        limited() as quota,
        stacks(Path(name)) as made,
    ):
        rows = [
            row
            for stack in made
            if stack.name in (SMALL_REGULAR, SMALL_FASTAPI)
            for row in measure(stack, quota, Path(name) / "functions.log")
        ]
    show("What a request takes of 2.9 ms in every 20", header, rows)


def measure(stack: Stack, quota: Quota, log: Path) -> list[list[str]]:
    """A row for each kind of request."""
    rows = []
    with running(stack, quota, log) as function:
        for request in (GET_ONE, LIST_50, POST):
            taken, stopped = [], 0
            for _ in range(REQUESTS):
                before, stops = _cpu_ms(function), quota.stops()
                timed(function, event(request, stack))
                taken.append(_cpu_ms(function) - before)
                stopped += quota.stops() > stops
            hundredths = statistics.quantiles(taken, n=100, method="inclusive")
            shown = [f"{hundredths[number]:.1f}" for number in (49, 89, 98)]
            rows.append([f"{stack.name}, {request}", *shown, str(stopped)])
    return rows


def _cpu_ms(function: SmallFunction) -> float:
    """Of all threads; /proc/PID/task/TID/schedstat begins with nanoseconds."""
    threads = Path(f"/proc/{function.pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1_000_000


if __name__ == "__main__":
    main()
