"""`python -m benchmarks.time_limit`: what dbauth's limits on waiting cost, in microseconds of CPU.

A connected pair of sockets stands for the connection: its peer has no part in this.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from statistics import median

from benchmarks.names import A_REQUEST
from benchmarks.report import QUICK, save, show
from dbauth.deadline import attend, deadline, time_limit

SECONDS = 27  # of a warm function: carsite.serverless.budget
ROUNDS, CALLS = 3 if QUICK else 15, 2_000


def main() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, time_limit(SECONDS):
        # The thread is there, and a second limit ends no earlier: so it is with warm requests.
        kinds: dict[str, Callable[[], AbstractContextManager[None]]] = {
            "nothing": nullcontext,
            A_REQUEST: lambda: time_limit(SECONDS),
            "deadline() around a statement outside of one": lambda: deadline(ours, SECONDS),
        }
        figures = {name: _microseconds(ours, kind) for name, kind in kinds.items()}
        statement = _median(lambda: attend(ours))
    floor = figures.pop("nothing")
    costs = {name: figure - floor for name, figure in figures.items()}
    costs["a further statement in time_limit()"] = statement
    rows = [[name, f"{cost:.1f}"] for name, cost in costs.items()]
    show("Limits on waiting", ["", "us of CPU"], rows)
    save("time_limit_cpu_us", {name: round(cost, 2) for name, cost in costs.items()})


def _microseconds(ours: socket.socket, kind: Callable[[], AbstractContextManager[None]]) -> float:
    """One block with one use of the connection; the median of several rounds."""

    def block() -> None:
        with kind():
            attend(ours)

    return _median(block)


def _median(function: Callable[[], object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        started = time.thread_time()
        for _ in range(CALLS):
            function()
        rounds.append((time.thread_time() - started) / CALLS * 1e6)
    return median(rounds)


if __name__ == "__main__":
    main()
