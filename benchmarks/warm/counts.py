"""A hundred warm requests: how often they connect, present a token and query, as seen outside.

The door before the database counts connects and tokens, and PostgreSQL logs every statement, BEGIN
and health checks among them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.names import CARSITE, GET_ONE, LIST_50, POST
from benchmarks.report import show
from benchmarks.warm.calls import get, new_car, post
from benchmarks.warm.equality import decode
from benchmarks.warm.turns import WARM_UP
from benchmarks.warm.variants import Event, Worker, running
from tests.rig.front_door import FrontDoor, running_front_door
from tests.rig.front_door.client import Kind
from tests.rig.postgresql import PostgreSQL
from tests.rig.service import Service
from tests.rig.services import AURORA, IAM_USER, deployed

REQUESTS = 100
LOGGED = ("LOG:  statement:", "LOG:  execute ")


@dataclass(frozen=True)
class Count:
    """What REQUESTS requests caused; `queries` is a single one's share."""

    connects: int
    tokens: int
    queries: float


Counts = dict[str, dict[str, Count]]


def measure(server: PostgreSQL, folder: Path) -> Counts:
    """A count for each stage and request."""
    kinds: dict[str, Kind] = {"regular": "password", "dsql": "rds-iam"}
    counts: Counts = {}
    for stage, kind in kinds.items():
        with _function(server, folder, stage, kind) as (worker, door):
            counts[f"{stage}, on Aurora PostgreSQL"] = {
                title: _count(worker, [make() for _ in range(WARM_UP + REQUESTS)], door, server)
                for title, make in _requests(worker).items()
            }
    return counts


@contextlib.contextmanager
def _function(
    server: PostgreSQL, folder: Path, stage: str, kind: Kind
) -> Iterator[tuple[Worker, FrontDoor]]:
    """The stage's function on a database that logs every statement, and the door between them."""
    database = f"counted_{stage}"
    with running_front_door(server, kind, [AURORA]) as door:
        url = _database_url(server, door, database)
        environment = deployed(stage, url) | door.environment(door.temporary)
        log = folder / f"{database}.log"
        service = Service(database, stage, environment, server.execute, log)
        service.manage("migrate", "--verbosity=0")
        server.execute(f"ALTER DATABASE {database} SET log_statement = 'all'")
        with running(CARSITE, environment | {"ALLOWED_HOSTS": "*"}) as worker:
            yield worker, door


def _database_url(server: PostgreSQL, door: FrontDoor, name: str) -> str:
    if door.kind == "password":
        return door.url(server.user, server.create_database(name), server.password)
    server.execute(f'CREATE ROLE "{IAM_USER}" LOGIN IN ROLE rds_iam')
    return door.url(IAM_USER, server.create_database(name, IAM_USER))


def _requests(worker: Worker) -> dict[str, Callable[[], Event]]:
    """With cars to list, one of which is to be found again."""
    worker.call([post(new_car()) for _ in range(60)])
    car = json.loads(decode(worker.answer(post(new_car()))))
    return {
        GET_ONE: lambda: get(f"/cars/{car['id']}"),
        LIST_50: lambda: get("/cars"),
        POST: lambda: post(new_car()),
    }


def _count(worker: Worker, events: Sequence[Event], door: FrontDoor, server: PostgreSQL) -> Count:
    worker.call(events[:WARM_UP])
    statements, before = _statements(server), door.control.statistics()
    worker.call(events[WARM_UP:])
    after = door.control.statistics()
    return Count(
        connects=after.connects - before.connects,
        tokens=after.tokens - before.tokens,
        queries=(_statements(server) - statements) / REQUESTS,
    )


def _statements(server: PostgreSQL) -> int:
    log = (server.data.parent / "postgres.log").read_text()
    return sum(log.count(prefix) for prefix in LOGGED)


def data(counts: Counts) -> dict[str, Any]:
    """As results.json has it."""
    return {
        stage: {title: asdict(count) for title, count in by_request.items()}
        for stage, by_request in counts.items()
    }


def show_counts(counts: Counts) -> None:
    show(
        f"carsite: {REQUESTS} warm requests",
        ["", "connects", "tokens", "queries a request"],
        [
            [f"{stage}: {title}", str(count.connects), str(count.tokens), f"{count.queries:g}"]
            for stage, by_request in counts.items()
            for title, count in by_request.items()
        ],
    )
