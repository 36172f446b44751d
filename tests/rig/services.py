"""The databases that the contract runs on. Another one is another function here."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.rig.certificates import Certificate, issue
from tests.rig.dsql_gate import DsqlGate, add_role, running_dsql_gate
from tests.rig.front_door import running_front_door
from tests.rig.postgresql import PostgreSQL
from tests.rig.service import Service

AURORA = "cars.cluster-c1a2r3s4.us-east-1.rds.amazonaws.com"
DSQL = "vftmkydwxvxys6asbsc6ih2the.dsql-fnh4.us-east-1.on.aws"
DSQL_USER = "lambda_writer"
DSQL_SCHEMA = "car_entities"
IAM_USER = "lambda_dsql_user"


@dataclass
class Rig:
    """What the services need of a test run: a folder, and servers that start when asked for."""

    folder: Path
    postgresql: Callable[[], PostgreSQL]

    def certificate(self) -> Certificate:
        return issue(self.folder, "127.0.0.1", "localhost")


@contextlib.contextmanager
def local(rig: Rig) -> Iterator[Service]:
    """SQLite under carsite.settings.local, served as `make run` serves it."""
    database = rig.folder / "db.sqlite3"

    def rows(sql: str) -> list[tuple]:
        with contextlib.closing(sqlite3.connect(database, timeout=20)) as connection, connection:
            return connection.execute(sql).fetchall()

    service = Service(
        name="local",
        engine="django.db.backends.sqlite3",
        environment={
            "DJANGO_SETTINGS_MODULE": "carsite.settings.local",
            "DATABASE_URL": f"sqlite:///{database}",
        },
        rows=rows,
        log=rig.folder / "local.log",
    )
    yield from _running(service)


@contextlib.contextmanager
def regular(rig: Rig) -> Iterator[Service]:
    """PostgreSQL with a password, behind verified TLS, under carsite.settings.regular."""
    server = rig.postgresql()
    database = server.create_database("regular")
    with running_front_door(server, "password", [AURORA]) as door:
        url = door.url(server.user, database, server.password)
        yield from _running(
            Service(
                name="regular",
                engine="django.db.backends.postgresql",
                environment=deployed(rig, "regular", url),
                rows=lambda sql: server.execute(sql, database),
                log=rig.folder / "regular.log",
                certificate=rig.certificate(),
            )
        )


@contextlib.contextmanager
def rds_iam(rig: Rig) -> Iterator[Service]:
    """Aurora PostgreSQL with IAM authentication: the dsql stage without Aurora DSQL."""
    server = rig.postgresql()
    with running_front_door(server, "rds-iam", [AURORA]) as door:
        server.execute(f'CREATE ROLE "{IAM_USER}" LOGIN IN ROLE rds_iam')
        database = server.create_database("rds_iam", owner=IAM_USER)
        url = door.url(IAM_USER, database)
        yield from _running(
            Service(
                name="rds-iam",
                engine="dbauth",
                environment=deployed(rig, "dsql", url) | door.environment(door.temporary),
                rows=lambda sql: server.execute(sql, database),
                log=rig.folder / "rds-iam.log",
                certificate=rig.certificate(),
            )
        )


@contextlib.contextmanager
def dsql(rig: Rig) -> Iterator[Service]:
    """Aurora DSQL: its gate, a role that is not admin, and a schema of that role's own."""
    with running_dsql(rig) as (service, _gate):
        yield service


@contextlib.contextmanager
def running_dsql(rig: Rig, **options: str) -> Iterator[tuple[Service, DsqlGate]]:
    """The service on DSQL and the gate that it goes through; `options` join its DATABASE_URL."""
    server = rig.postgresql()
    database = server.create_database("dsql")
    with running_dsql_gate(server, [DSQL], database=database) as gate:
        add_role(gate, DSQL_USER, DSQL_SCHEMA)
        url = gate.url(DSQL_USER, schema=DSQL_SCHEMA, **options)
        service = Service(
            name="dsql",
            engine="dbauth.dsql",
            environment=deployed(rig, "dsql", url) | gate.environment(gate.temporary),
            rows=lambda sql: server.execute(f"SET search_path = {DSQL_SCHEMA}; {sql}", database),
            log=rig.folder / "dsql.log",
            certificate=rig.certificate(),
        )
        for running in _running(service):
            yield running, gate


SERVICES: dict[str, Callable[[Rig], contextlib.AbstractContextManager[Service]]] = {
    "local": local,
    "regular": regular,
    "rds-iam": rds_iam,
    "dsql": dsql,
}


def deployed(rig: Rig, stage: str, database_url: str) -> dict[str, str]:
    """The environment of a deployed stage."""
    return {
        "DJANGO_SETTINGS_MODULE": f"carsite.settings.{stage}",
        "DJANGO_SECRET_KEY": "a-key-that-is-long-enough-and-random-enough-for-the-tests-0123456789",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": database_url,
        "STATIC_ROOT": str(rig.folder / "static"),
    }


def _running(service: Service) -> Iterator[Service]:
    service.prepare()
    service.start()
    try:
        yield service
    finally:
        service.stop()
