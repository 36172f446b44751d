"""The regular stage behind an RDS Proxy: few connections for many, and none of them pinned."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from tests.contract.cars import COROLLA
from tests.rig.front_door import FrontDoor
from tests.rig.service import Client, Service
from tests.rig.services import Rig, rds_proxy
from tests.rig.tokens import rds_token

CONNECTIONS = 2
CLIENTS = 16


@pytest.fixture(scope="module")
def running_proxy(rig: Rig) -> Iterator[tuple[Service, FrontDoor]]:
    with rds_proxy(rig) as both:
        yield both


@pytest.fixture
def client(running_proxy: tuple[Service, FrontDoor]) -> Client:
    return running_proxy[0].client()


@pytest.fixture
def door(running_proxy: tuple[Service, FrontDoor]) -> Iterator[FrontDoor]:
    door = running_proxy[1]
    door.control.drop("eof")
    door.control.reset()
    yield door
    door.control.reset()


def test_requests_of_many_threads_share_few_connections(client: Client, door: FrontDoor) -> None:
    door.control.limit_connections(CONNECTIONS, borrow_seconds=60)

    def one_after_the_other(_: int) -> list[int]:
        made = client.post("/cars", json=COROLLA)
        return [
            made.status_code,
            client.get(f"/cars/{made.json()['id']}").status_code,
            client.get("/cars").status_code,
        ]

    with ThreadPoolExecutor(CLIENTS) as threads:
        answers = list(threads.map(one_after_the_other, range(CLIENTS)))
    assert answers == [[201, 200, 200]] * CLIENTS
    pool = door.control.pool()
    assert pool.pinned == []
    assert pool.most <= CONNECTIONS
    assert door.control.statistics().connects > CONNECTIONS


def test_the_admin_pins_nothing_either(client: Client, door: FrontDoor) -> None:
    client.login()
    assert client.get("/admin/cars/car/", headers={"Accept": "text/html"}).status_code == 200
    assert door.control.pool().pinned == []


def test_a_proxy_without_a_free_connection_is_an_answer_to_come_back_later(
    client: Client, door: FrontDoor
) -> None:
    door.control.limit_connections(1, borrow_seconds=0.2)
    holder = connect(door)
    holder.autocommit = False
    try:
        holder.cursor().execute("SELECT 1")  # and the transaction stays open
        refused = client.get("/cars")
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
    finally:
        holder.close()
    assert client.get("/cars").status_code == 200


def connect(door: FrontDoor, **changes: object) -> psycopg2.extensions.connection:
    settings = {
        "host": door.host,
        "hostaddr": "127.0.0.1",
        "port": door.port,
        "user": "lambda_user",
        "password": rds_token(host=door.host, port=door.port, user="lambda_user"),
        "dbname": "rds_proxy",
        "sslmode": "verify-full",
        "sslrootcert": str(door.ca),
    }
    return psycopg2.connect(**{**settings, **changes})


def test_the_door_refuses_what_a_proxy_refuses(door: FrontDoor) -> None:
    with pytest.raises(psycopg2.OperationalError, match="doesn't support command-line options"):
        connect(door, options="-c statement_timeout=1s")
    with pytest.raises(psycopg2.OperationalError, match="PAM authentication failed"):
        connect(door, password="no token")


def test_the_door_pins_who_changes_the_session(door: FrontDoor) -> None:
    connection = connect(door)
    connection.autocommit = True
    connection.cursor().execute("SET work_mem = '8MB'")
    connection.close()
    assert door.control.pool().pinned == ["SET work_mem = '8MB'"]
