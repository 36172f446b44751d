"""The archives that are compared, each with the database and the users that it is asked about."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import cold_start_peers
from benchmarks.names import (
    FEW,
    SMALL_DEFAULTS,
    SMALL_DSQL,
    SMALL_FASTAPI,
    SMALL_POWERTOOLS,
    SMALL_RAW,
    SMALL_REGULAR,
)
from benchmarks.warm.admin import session_cookie
from benchmarks.warm.database import Cars, fill, filled
from tests.rig.packages import Package
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.service import Service
from tests.rig.services import Rig, deployed, iam_door, lambda_credentials

OURS = "carsite.lambda_handler.handler"
PEERS = "benchmarks.peers"


@dataclass(frozen=True)
class Stack:
    """An archive with its handler and its variables."""

    name: str
    package: Package
    handler: str
    environment: Mapping[str, str] = field(repr=False)
    ids: list[str] = field(repr=False)
    cookie: str | None = field(
        default=None, repr=False
    )  # of who may see the admin, where it has one


@contextlib.contextmanager
def stacks(folder: Path) -> Iterator[list[Stack]]:
    """All of them, on FEW cars behind verified TLS."""
    with (
        running_postgresql() as server,
        filled(server, folder, FEW) as cars,
        _signed_in(server, folder) as (iam_cars, token),
    ):
        rig = Rig(folder, lambda: server)
        hosts = {"ALLOWED_HOSTS": "*"}
        password = deployed("regular", cars.url) | lambda_credentials() | hosts
        cookie, ids = session_cookie(cars.service), cars.ids(100)
        plain = {"DATABASE_URL": cars.url}
        yield [
            Stack(SMALL_REGULAR, rig.package("regular"), OURS, password, ids, cookie),
            Stack(
                SMALL_DSQL,
                rig.package("dsql"),
                OURS,
                token | hosts,
                iam_cars.ids(100),
                session_cookie(iam_cars.service),
            ),
            Stack(
                SMALL_DEFAULTS,
                cold_start_peers.zappa_package(folder),
                "handler.lambda_handler",
                password,
                ids,
                cookie,
            ),
            *(
                Stack(name, make(folder), f"{PEERS}.{module}.handler", plain, ids)
                for name, make, module in (
                    (SMALL_FASTAPI, cold_start_peers.fastapi_package, "fastapi_async"),
                    (SMALL_POWERTOOLS, cold_start_peers.powertools_package, "powertools"),
                    (SMALL_RAW, cold_start_peers.raw_package, "raw"),
                )
            ),
        ]


@contextlib.contextmanager
def _signed_in(server: PostgreSQL, folder: Path) -> Iterator[tuple[Cars, dict[str, str]]]:
    """The same cars for the stage that signs in with a token, and that stage's variables."""
    with iam_door(Rig(folder, lambda: server), "small_dsql") as (url, rows, door):
        variables = deployed("dsql", url) | door.environment(door.temporary)
        settings = variables | {"STATIC_ROOT": str(folder / "static")}
        service = Service("dsql", "dbauth", settings, rows, folder / "dsql.log")
        fill(service, FEW)
        yield Cars(FEW, url, rows, service), variables
