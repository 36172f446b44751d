"""Databases behind the IAM front door, opened with the product's own wrappers."""

import time

import pytest
from django.db.utils import ConnectionHandler

from dbauth.base import DatabaseWrapper
from dbauth.iam.tokens import TokenCache
from tests.rig.front_door import FrontDoor, running_front_door
from tests.rig.postgresql import PostgreSQL, running_postgresql

RDS_HOST = "cars.cluster-c9akciq32.us-east-1.rds.amazonaws.com"
CLUSTER = "bntegz2wxyabcdefghijklmnop"
DSQL_HOST = f"{CLUSTER}.dsql.us-east-1.on.aws"
DSQL_PRIVATE_HOST = f"{CLUSTER}.dsql-fnh4.us-east-1.on.aws"
DSQL_ENDPOINT = "vpce-0a1b2c3d-4e5f.dsql-fnh4.us-east-1.vpce.amazonaws.com"
ENGINES = {"rds-iam": "dbauth", "dsql": "dbauth.dsql"}
AWS_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_REGION",
)

opened: list[ConnectionHandler] = []


def entry(door: FrontDoor, user: str, options: dict | None = None, **settings) -> dict:
    """One entry of settings.DATABASES that leads through the door."""
    return {
        "ENGINE": ENGINES[door.kind],
        "NAME": "postgres",
        "USER": user,
        "HOST": door.host,
        "PORT": str(door.port),
        "OPTIONS": {"hostaddr": "127.0.0.1", "sslrootcert": str(door.ca)} | (options or {}),
    } | settings


def handler(door: FrontDoor, user: str = "app", options: dict | None = None, **settings):
    """Django's own way from settings to wrappers: one wrapper for each thread."""
    databases = ConnectionHandler({"default": entry(door, user, options, **settings)})
    opened.append(databases)
    return databases


def wrapper(door: FrontDoor, user: str = "app", options: dict | None = None, **settings):
    """An unconnected DatabaseWrapper."""
    return handler(door, user, options, **settings)["default"]


def ask(connection, sql: str):
    """The first column of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def wait_until(condition, seconds: float = 300) -> None:
    """Until `condition()` holds; an AssertionError if it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _connections_are_allowed(django_db_blocker):
    """pytest-django guards the project's databases; these tests open others, and close them."""
    with django_db_blocker.unblock():
        yield
        while opened:
            opened.pop().close_all()


@pytest.fixture(autouse=True)
def tokens(monkeypatch):
    """A cache that no other test has filled, in place of the process's."""
    cache = TokenCache()
    monkeypatch.setattr(DatabaseWrapper, "tokens", cache)
    return cache


@pytest.fixture
def aws(monkeypatch):
    """Sets the credentials of this process to what a door expects, or to others."""
    for name in AWS_VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def become(variables: dict[str, str]) -> None:
        for name in AWS_VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return become


@pytest.fixture(scope="session")
def server():
    with running_postgresql() as running:
        yield running


@pytest.fixture(scope="session")
def _rds_door(server: PostgreSQL):
    with running_front_door(server, "rds-iam", [RDS_HOST]) as door:
        server.execute("CREATE ROLE app LOGIN CREATEDB IN ROLE rds_iam")
        server.execute('CREATE ROLE "App O\'Neil +1" LOGIN IN ROLE rds_iam')
        server.execute("GRANT ALL ON SCHEMA public TO app")
        yield door


@pytest.fixture
def rds(_rds_door: FrontDoor, aws):
    """Aurora, as far as a client can tell, and this process may sign in as `app`."""
    aws(_rds_door.environment())
    yield _rds_door
    _rds_door.control.reset()


@pytest.fixture(scope="session")
def _dsql_door(server: PostgreSQL):
    with running_front_door(server, "dsql", [DSQL_HOST, DSQL_PRIVATE_HOST, DSQL_ENDPOINT]) as door:
        server.execute("CREATE ROLE writer LOGIN")
        server.execute("CREATE SCHEMA garage AUTHORIZATION writer")
        yield door


@pytest.fixture
def dsql(_dsql_door: FrontDoor, aws):
    """DSQL, as far as signing in goes, with the roles `admin` and `writer`."""
    aws(_dsql_door.environment())
    yield _dsql_door
    _dsql_door.control.reset()
