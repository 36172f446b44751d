"""Many containers connect at once to a DSQL cluster that admits so many connections a second.

    python -m benchmarks.arrivals              the policy, simulated: the table in docs/dsql.md
    python -m benchmarks.arrivals --real 1000  clients, each with a connection, before a door

The pauses of both are those of dbauth.admission. The simulation has a clock of its own, so that
10,000 containers take no longer than the computing does.
"""

from __future__ import annotations

import argparse
import heapq
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, NamedTuple
from unittest.mock import patch

from dbauth import admission, backoff
from dbauth.deadline import time_limit

INVOCATION_SECONDS = 27  # carsite.serverless.budget, of a warm function
FLEETS = (100, 1_000, 10_000)
RATE, BURST = 100, 1_000  # DSQL's quotas
REAL_RATE, REAL_BURST = 100, 200
PROCESSES = 4


class Outcome(NamedTuple):
    """What became of a fleet's connects; `slowest` in seconds, of those that were let in."""

    containers: int
    connected: int
    refused: int
    slowest: float
    attempts: int


class Clock:
    """Stands for the module `time` in dbauth.admission and dbauth.backoff."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


def simulate(containers: int, rate: float = RATE, burst: float = BURST) -> Outcome:
    """All containers arrive within the first second, and none waits longer than its invocation."""
    clock, tokens, filled = Clock(), float(burst), 0.0
    connected, refused, slowest, attempts = 0, 0, 0.0, 0
    waits: dict[int, Any] = {}
    arrivals = [index / containers for index in range(containers)]
    queue = [(when, index) for index, when in enumerate(arrivals)]
    with patch.object(admission, "time", clock), patch.object(backoff, "time", clock):
        while queue:
            clock.now, index = heapq.heappop(queue)
            if index not in waits:
                waits[index] = admission.pauses(INVOCATION_SECONDS)
            attempts += 1
            tokens, filled = min(burst, tokens + (clock.now - filled) * rate), clock.now
            if tokens >= 1:
                tokens -= 1
                connected += 1
                slowest = max(slowest, clock.now - arrivals[index])
            elif (pause := next(waits[index], None)) is not None:
                heapq.heappush(queue, (clock.now + pause, index))
            else:
                refused += 1
    return Outcome(containers, connected, refused, slowest, attempts)


def table(outcomes: list[Outcome]) -> str:
    """The outcomes in Markdown."""
    lines = [
        "| containers | connected | 503 | slowest, s | attempts for each |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.containers:,} | {each.connected:,} | {each.refused:,} | {each.slowest:.0f} "
        f"| {each.attempts / each.containers:.1f} |"
        for each in outcomes
    ]
    return "\n".join(lines)


def _clients(settings: dict[str, Any], count: int) -> list[tuple[str, float]]:
    """In a process of its own: `count` threads, each with a connection of its own."""
    import django
    from django.conf import settings as django_settings
    from django.db import DatabaseError, connections

    if not django_settings.configured:
        django_settings.configure(DATABASES={"default": settings})
        django.setup()

    def client(_: int) -> tuple[str, float]:
        started = time.monotonic()
        try:
            with time_limit(INVOCATION_SECONDS), connections["default"].cursor() as cursor:
                cursor.execute("SELECT 1")
            answer = "connected"
        except DatabaseError as error:
            answer = str(error).strip().rpartition("FATAL:")[2].strip() or str(error)
        taken = time.monotonic() - started
        connections["default"].close()
        return answer, taken

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(client, range(count)))


def run(count: int) -> None:
    """Let `count` real clients at a real door; print their answers and the attempts."""
    from tests.rig.front_door import running_front_door
    from tests.rig.postgresql import running_postgresql

    host = "bntegz2wxyabcdefghijklmnop.dsql.us-east-1.on.aws"
    with (
        running_postgresql() as server,
        running_front_door(server, "dsql", [host]) as door,
    ):
        os.environ.update(door.environment())
        door.control.limit_rate(REAL_RATE, REAL_BURST)
        settings = {
            "ENGINE": "dbauth.dsql",
            "NAME": "postgres",
            "USER": "admin",
            "HOST": host,
            "PORT": str(door.port),
            "OPTIONS": {
                "hostaddr": "127.0.0.1",
                "sslrootcert": str(door.ca),
                # The door is one process of Python, and needs seconds for 1,000 handshakes.
                "connect_timeout": 20,
            },
        }
        with ProcessPoolExecutor(PROCESSES) as processes:
            shares = [count // PROCESSES] * PROCESSES
            results = processes.map(_clients, [settings] * PROCESSES, shares)
            answers = [answer for share in results for answer in share]
        statistics = door.control.statistics()
    print(dict(Counter(answer for answer, _ in answers)))
    print(f"slowest answer: {max(taken for _, taken in answers):.1f} s")
    print(f"attempts: {statistics.connects + len(statistics.refusals)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--real", type=int, metavar="CLIENTS")
    arguments = parser.parse_args()
    if arguments.real:
        run(arguments.real)
    else:
        sys.stdout.write(table([simulate(fleet) for fleet in FLEETS]) + "\n")


if __name__ == "__main__":
    main()
