"""100 clients at once before a database of 20 connections: what each of them sees.

    python -m benchmarks.containers      the table in docs/operations.md, in a minute or two

A container is a process of its own with the settings of the stage `regular`, which keeps its
connection once it has one, as Lambda's do. Each client sends GET /cars until it is answered with
200, and gives up after PATIENCE seconds: after a 503 it waits as `Retry-After` says, after a
refusal of Lambda's 0.1 s and each time twice as long.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

CLIENTS = 100
SLOTS = 20
BOUND = SLOTS * 4 // 5  # as terraform/zappa.tf has it
PATIENCE = 30.0
REFUSED = 429  # by Lambda; API Gateway makes a 5xx of it
USER = "lambda_user"
PROXY = "cars.proxy-c1a2r3s4.us-east-1.rds.amazonaws.com"


class Seen(NamedTuple):
    """What a client saw: the statuses in their order, and seconds to the last of them."""

    statuses: tuple[int, ...]
    seconds: float


def container(pipe: Connection) -> None:
    """Answer one request after the other, on one connection."""
    import django

    django.setup()
    import logging

    from django.test import Client

    from dbauth.deadline import time_limit

    logging.disable()
    client = Client(headers={"host": "127.0.0.1"})
    while pipe.recv():
        with time_limit(27):  # carsite.serverless.budget
            answer = client.get("/cars", secure=True)
        pipe.send((answer.status_code, float(answer.headers.get("Retry-After", 0))))


class Lambda:
    """Containers, of which `bound` may work at once; beyond them requests are refused."""

    def __init__(self, bound: int) -> None:
        context = multiprocessing.get_context("fork")
        self._pipes: list[Connection] = []
        self._lock = threading.Lock()
        self._processes = []
        for _ in range(bound):
            ours, theirs = context.Pipe()
            process = context.Process(target=container, args=(theirs,), daemon=True)
            process.start()
            theirs.close()  # so that the end of the process is the end of the pipe
            self._pipes.append(ours)
            self._processes.append(process)
        self._free = list(self._pipes)

    def invoke(self) -> tuple[int, float]:
        """Status and `Retry-After` of one request; the container used last is taken first."""
        with self._lock:
            if not self._free:
                return REFUSED, 0.0
            pipe = self._free.pop()
        pipe.send(True)
        answer: tuple[int, float] = pipe.recv()
        with self._lock:
            self._free.append(pipe)
        return answer

    def stop(self) -> None:
        for pipe in self._pipes:
            with suppress(OSError):  # one that has ended by itself
                pipe.send(False)
        for process in self._processes:
            process.join()


def call(function: Lambda, together: threading.Barrier) -> Seen:
    """One client, from the moment that all of them begin."""
    together.wait()
    started, statuses = time.monotonic(), []
    while True:
        status, after = function.invoke()
        statuses.append(status)
        pause = after or 0.05 * 2 ** len(statuses)
        if status == 200 or time.monotonic() + pause > started + PATIENCE:
            break
        time.sleep(pause)
    return Seen(tuple(statuses), time.monotonic() - started)


def burst(bound: int) -> list[Seen]:
    """What each client of a function with so many containers saw."""
    function = Lambda(bound)
    together = threading.Barrier(CLIENTS)
    try:
        with ThreadPoolExecutor(CLIENTS) as threads:
            return list(threads.map(lambda _: call(function, together), range(CLIENTS)))
    finally:
        function.stop()


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """A database of SLOTS connections, or a proxy before it: the variables of its containers."""
    from tests.rig.front_door import running_front_door
    from tests.rig.postgresql import running_postgresql

    with ExitStack() as stack:
        server = stack.enter_context(running_postgresql())
        server.execute(f"CREATE ROLE {USER} LOGIN PASSWORD 'x'")
        server.create_database("cars", owner=USER)
        server.stop()
        server.settings |= {"max_connections": str(SLOTS + 3)}  # three are the superuser's
        server.start()
        # Without TLS, of which 80 containers that ask again and again would measure little else.
        url = f"postgresql://{USER}:x@127.0.0.1:{server.port}/cars?sslmode=disable"
        more: dict[str, str] = {}
        if kind == "rds-proxy":
            door = stack.enter_context(running_front_door(server, "rds-proxy", [PROXY]))
            door.control.limit_connections(SLOTS)
            url, more = door.url(USER, "cars"), door.environment()
        yield {
            "DJANGO_SETTINGS_MODULE": "carsite.settings.regular",
            "DJANGO_SECRET_KEY": "a-key-for-benchmarks-that-is-long-enough-0123456789-0123456789",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": url,
            **more,
        }


def measure(kind: str, bound: int) -> list[Seen]:
    """In a process of its own: Django's settings are read once."""
    with database(kind) as variables, TemporaryDirectory() as folder:
        os.environ |= {**variables, "STATIC_ROOT": str(Path(folder))}
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        # What every container would import and compile at its first request.
        from django.test import Client

        Client(headers={"host": "127.0.0.1"}).get("/cars", secure=True)
        connections.close_all()
        return burst(bound)


def row(name: str, bound: int, seen: list[Seen]) -> str:
    """One line of the table."""
    first = Counter(each.statuses[0] for each in seen)
    served = [each for each in seen if each.statuses[-1] == 200]
    attempts = statistics.mean(len(each.statuses) for each in seen)
    slowest = max(each.seconds for each in seen)
    cells = [name, bound, first[200], first[503], first[REFUSED], len(served)]
    return f"| {' | '.join(map(str, cells))} | {attempts:.1f} | {slowest:.1f} |"


def main() -> None:
    """Print the table."""
    head = (
        f"| {SLOTS} connections | containers | at once 200 | 503 | refused by Lambda"
        f" | of {CLIENTS} served in the end | requests for each | slowest, s |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    cases = [
        ("no bound", "password", CLIENTS),
        ("four fifths", "password", BOUND),
        ("RDS Proxy, no bound", "rds-proxy", CLIENTS),
    ]
    spawn = multiprocessing.get_context("spawn")
    for name, kind, bound in cases:
        lines.append(row(name, bound, _apart(spawn, kind, bound)))
    sys.stdout.write("\n".join(lines) + "\n")


def _apart(spawn: Any, kind: str, bound: int) -> list[Seen]:
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_send, args=(theirs, kind, bound))
    process.start()
    theirs.close()
    try:
        seen: list[Seen] = ours.recv()
    finally:
        process.join()
    return seen


def _send(pipe: Connection, kind: str, bound: int) -> None:
    pipe.send(measure(kind, bound))


if __name__ == "__main__":
    main()
