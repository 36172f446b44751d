"""The databases that the contract runs on. Another one is another function here."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.rig.certificates import Certificate, issue
from tests.rig.dsql_gate import DsqlGate, add_role, running_dsql_gate, running_dsql_regions
from tests.rig.events import Kind
from tests.rig.front_door import TEMPORARY, FrontDoor, running_front_door
from tests.rig.packaged import PackagedService
from tests.rig.packages import Package, collected_static, package
from tests.rig.postgresql import PostgreSQL
from tests.rig.regions import TwoRegions
from tests.rig.service import Service

PROXY = "cars.proxy-c1a2r3s4.us-east-1.rds.amazonaws.com"
AURORA = "cars.cluster-c1a2r3s4.us-east-1.rds.amazonaws.com"
DSQL = "vftmkydwxvxys6asbsc6ih2the.dsql-fnh4.us-east-1.on.aws"
DSQL_PEER = "cqabt7h2wxzabcdefghijklmno.dsql-fnh4.us-east-2.on.aws"
DSQL_USER = "lambda_writer"
DSQL_SCHEMA = "car_entities"
IAM_USER = "lambda_dsql_user"

Rows = Callable[[str], list[tuple]]
MakeService = Callable[["Rig"], contextlib.AbstractContextManager[Service]]


@dataclass
class Rig:
    """What the services need of a test run: a folder, and servers that start when asked for."""

    folder: Path
    postgresql: Callable[[], PostgreSQL]
    shared: Path | None = None  # what all workers of the run share

    def package(self, stage: str) -> Package:
        return package(stage, (self.shared or self.folder) / "packages")

    def static(self) -> Path:
        """The static files of the deployed stages."""
        return collected_static(self.shared or self.folder)

    def certificate(self) -> Certificate:
        """One for all services: they run at the same time, and clients read its file each time."""
        return self._certificate

    @cached_property
    def _certificate(self) -> Certificate:
        return issue(self.folder, "127.0.0.1", "localhost")


def on_sqlite(name: str, **environment: str) -> MakeService:
    """SQLite under carsite.settings.local, served as `make run` serves it."""

    @contextlib.contextmanager
    def make(rig: Rig) -> Iterator[Service]:
        database = rig.folder / f"{name}.sqlite3"

        def rows(sql: str) -> list[tuple]:
            with contextlib.closing(sqlite3.connect(database, timeout=20)) as opened, opened:
                return opened.execute(sql).fetchall()

        service = Service(
            name=name,
            engine="django.db.backends.sqlite3",
            environment={
                "DJANGO_SETTINGS_MODULE": "carsite.settings.local",
                "DATABASE_URL": f"sqlite:///{database}",
                **environment,
            },
            rows=rows,
            log=rig.folder / f"{name}.log",
        )
        yield from _running(service)

    return make


local = on_sqlite("local")


@contextlib.contextmanager
def password_door(rig: Rig, database: str) -> Iterator[tuple[str, Rows]]:
    """A database behind verified TLS, whose user has a password: its URL, and SQL in it."""
    server = rig.postgresql()
    server.create_database(database)
    with running_front_door(server, "password", [AURORA]) as door:
        url = door.url(server.user, database, server.password)
        yield url, lambda sql: server.execute(sql, database)


@contextlib.contextmanager
def iam_door(rig: Rig, database: str) -> Iterator[tuple[str, Rows, FrontDoor]]:
    """Aurora PostgreSQL with IAM authentication: its URL, SQL in it, and the door itself."""
    server = rig.postgresql()
    with running_front_door(server, "rds-iam", [AURORA]) as door:
        if not server.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{IAM_USER}'"):
            server.execute(f'CREATE ROLE "{IAM_USER}" LOGIN IN ROLE rds_iam')
        server.create_database(database, owner=IAM_USER)
        yield door.url(IAM_USER, database), lambda sql: server.execute(sql, database), door


@contextlib.contextmanager
def regular(rig: Rig) -> Iterator[Service]:
    """PostgreSQL with a password, behind verified TLS, under carsite.settings.regular."""
    with password_door(rig, "regular") as (url, rows):
        yield from _running(
            Service(
                name="regular",
                engine="dbauth.password",
                environment=deployed("regular", url) | collected(rig),
                rows=rows,
                log=rig.folder / "regular.log",
                certificate=rig.certificate(),
            )
        )


@contextlib.contextmanager
def rds_iam(rig: Rig) -> Iterator[Service]:
    """Aurora PostgreSQL with IAM authentication: the dsql stage without Aurora DSQL."""
    with iam_door(rig, "rds_iam") as (url, rows, door):
        yield from _running(
            Service(
                name="rds-iam",
                engine="dbauth",
                environment={
                    **deployed("dsql", url),
                    **collected(rig),
                    **door.environment(door.temporary),
                },
                rows=rows,
                log=rig.folder / "rds-iam.log",
                certificate=rig.certificate(),
            )
        )


@contextlib.contextmanager
def rds_proxy(rig: Rig) -> Iterator[tuple[Service, FrontDoor]]:
    """The regular stage behind an RDS Proxy, and the proxy's door."""
    server = rig.postgresql()
    # The proxy proves who it is with a password: this role knows no tokens.
    server.execute("CREATE ROLE lambda_user LOGIN")
    server.create_database("rds_proxy", owner="lambda_user")
    with running_front_door(server, "rds-proxy", [PROXY]) as door:
        service = Service(
            name="rds-proxy",
            engine="dbauth",
            environment={
                **deployed("regular", door.url("lambda_user", "rds_proxy")),
                **collected(rig),
                **door.environment(door.temporary),
            },
            rows=lambda sql: server.execute(sql, "rds_proxy"),
            log=rig.folder / "rds-proxy.log",
            certificate=rig.certificate(),
        )
        for running in _running(service):
            yield running, door


@contextlib.contextmanager
def dsql(rig: Rig) -> Iterator[Service]:
    """Aurora DSQL: its gate, a role that is not admin, and a schema of that role's own."""
    with running_dsql(rig) as (service, _gate):
        yield service


@contextlib.contextmanager
def dsql_cluster(rig: Rig, database: str, **options: str) -> Iterator[tuple[str, Rows, DsqlGate]]:
    """A DSQL cluster with a role that is not admin: its URL, SQL in it, and its gate."""
    server = rig.postgresql()
    server.create_database(database)
    with running_dsql_gate(server, [DSQL], database=database) as gate:
        add_role(gate, DSQL_USER, DSQL_SCHEMA)
        url = gate.url(DSQL_USER, schema=DSQL_SCHEMA, **options)
        yield (
            url,
            lambda sql: server.execute(f"SET search_path = {DSQL_SCHEMA}; {sql}", database),
            gate,
        )


@contextlib.contextmanager
def running_dsql(
    rig: Rig, settings: str = "carsite.settings.dsql", **options: str
) -> Iterator[tuple[Service, DsqlGate]]:
    """The service on DSQL and the gate that it goes through; `options` join its DATABASE_URL."""
    with dsql_cluster(rig, "dsql", **options) as (url, rows, gate):
        service = Service(
            name="dsql",
            engine="dbauth.dsql",
            environment={
                **deployed("dsql", url),
                "DJANGO_SETTINGS_MODULE": settings,
                **collected(rig),
                **gate.environment(gate.temporary),
            },
            rows=rows,
            log=rig.folder / "dsql.log",
            certificate=rig.certificate(),
        )
        for running in _running(service):
            yield running, gate


@contextlib.contextmanager
def two_regions(rig: Rig) -> Iterator[TwoRegions]:
    """The service on both regional endpoints of a DSQL cluster, with one secret key."""
    server = rig.postgresql()
    database = server.create_database("two_regions")
    with running_dsql_regions(server, ([DSQL], [DSQL_PEER]), database) as gates:
        add_role(gates[0], DSQL_USER, DSQL_SCHEMA)

        def rows(sql: str) -> list[tuple]:
            return server.execute(f"SET search_path = {DSQL_SCHEMA}; {sql}", database)

        here, there = (
            Service(
                name=TWO_REGIONS,
                engine="dbauth.dsql",
                environment={
                    **deployed("dsql", gate.url(DSQL_USER, schema=DSQL_SCHEMA)),
                    **collected(rig),
                    **gate.environment(gate.temporary),
                },
                rows=rows,
                log=rig.folder / f"two-regions-{gate.region}.log",
                certificate=rig.certificate(),
            )
            for gate in gates
        )
        both = TwoRegions(
            name=TWO_REGIONS,
            engine=here.engine,
            environment=here.environment,
            rows=rows,
            log=here.log,
            certificate=here.certificate,
            port=here.port,
            regions=(here, there),
            gates=gates,
        )
        both.prepare()
        both.start()
        try:
            yield both
        finally:
            both.stop()


def lambda_regular(kind: Kind) -> MakeService:
    """The regular stage's archive in Lambda, behind a gateway of this kind."""

    @contextlib.contextmanager
    def make(rig: Rig) -> Iterator[Service]:
        name = f"lambda-regular-{kind}"
        with password_door(rig, name) as (url, rows):
            yield from _running_function(
                PackagedService(
                    name=name,
                    engine="dbauth.password",
                    environment=deployed("regular", url) | lambda_credentials(),
                    rows=rows,
                    log=rig.folder / f"{name}.log",
                    certificate=rig.certificate(),
                    package=rig.package("regular"),
                    kind=kind,
                )
            )

    return make


def lambda_dsql(kind: Kind) -> MakeService:
    """The dsql stage's archive in Lambda, behind a gateway of this kind, on Aurora DSQL."""

    @contextlib.contextmanager
    def make(rig: Rig) -> Iterator[Service]:
        name = f"lambda-dsql-{kind}"
        with dsql_cluster(rig, name) as (url, rows, gate):
            yield from _running_function(
                PackagedService(
                    name=name,
                    engine="dbauth.dsql",
                    environment=deployed("dsql", url) | gate.environment(gate.temporary),
                    rows=rows,
                    log=rig.folder / f"{name}.log",
                    certificate=rig.certificate(),
                    package=rig.package("dsql"),
                    kind=kind,
                )
            )

    return make


PLAIN = "plain"
TWO_REGIONS = "two-regions"
SERVICES: dict[str, MakeService] = {
    # From the source, one for each database.
    "local": local,
    "regular": regular,
    "rds-iam": rds_iam,
    "dsql": dsql,
    # From the archives, one for each stage and each payload format.
    "lambda-regular-rest": lambda_regular("rest"),
    "lambda-regular-http": lambda_regular("http"),
    "lambda-dsql-rest": lambda_dsql("rest"),
    "lambda-dsql-http": lambda_dsql("http"),
    # The API without anything that is prepared (cars.prepared).
    PLAIN: on_sqlite(PLAIN, CARS_PREPARED="false"),
    # DSQL in two regions, each request to either of them.
    TWO_REGIONS: two_regions,
}

# `make two-regions` runs the contract on that service alone, which otherwise has tests of its own.
ONLY = os.environ.get("CONTRACT_SERVICES", "").split()

# Each database and each way to it.
EVERYWHERE = ONLY or [name for name in SERVICES if name not in (PLAIN, TWO_REGIONS)]

# One from the source, one from an archive: for what is decided before any database is asked, such
# as validation, headers and pages.
ENTRIES = ONLY or ["local", "lambda-dsql-http"]

# Both archives, each on its own database. Their functions may be given any gateway's events.
ARCHIVES = ["lambda-regular-http", "lambda-dsql-http"]


def deployed(stage: str, database_url: str) -> dict[str, str]:
    """The environment of a deployed stage."""
    return {
        "DJANGO_SETTINGS_MODULE": f"carsite.settings.{stage}",
        "DJANGO_SECRET_KEY": "a-key-that-is-long-enough-and-random-enough-for-the-tests-0123456789",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": database_url,
    }


def collected(rig: Rig) -> dict[str, str]:
    """Where static files are; an archive has its own inside."""
    return {"STATIC_ROOT": str(rig.static())}


def _running(service: Service) -> Iterator[Service]:
    service.prepare()
    try:
        service.start()
        yield service
    finally:
        service.stop()


def _running_function(service: PackagedService) -> Iterator[Service]:
    """Its tables and its superuser are made from inside the function."""
    try:
        service.start()
        service.prepare()
        yield service
    finally:
        service.stop()


def lambda_credentials() -> dict[str, str]:
    """What Lambda puts into every function's environment, needed or not."""
    return {
        "AWS_ACCESS_KEY_ID": TEMPORARY.access_key,
        "AWS_SECRET_ACCESS_KEY": TEMPORARY.secret_key,
        "AWS_SESSION_TOKEN": TEMPORARY.session_token or "",
    }
