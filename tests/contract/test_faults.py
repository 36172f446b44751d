"""A database that goes away under a running service: nothing half done, nothing to restart."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests

from tests.contract.cars import COROLLA, add
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.service import Client, Service
from tests.rig.services import Rig, regular

# Slower than the rest, and with a server of its own to kill.
pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgreSQL]:
    with running_postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def service(
    rig: Rig, server: PostgreSQL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("faults")
    with regular(Rig(folder, lambda: server, rig.shared)) as running:
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with service.client() as session:
        yield session


def names(service: Service) -> set[str]:
    return {model for (model,) in service.rows("SELECT model FROM cars_car")}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_restart_between_requests_is_not_noticed(
    server: PostgreSQL, client: Client, how: signal.Signals
) -> None:
    car = add(client)
    server.restart(how)
    assert client.get(f"/cars/{car['id']}").json() == car


@pytest.mark.parametrize("path", ["/cars", "/cars/6c84fb90-12c4-11e1-840d-7b25c5ee775a", "/health"])
def test_without_a_database_every_path_answers_503_in_json(
    server: PostgreSQL, client: Client, path: str
) -> None:
    server.stop()
    try:
        answer = client.get(path)
    finally:
        server.start()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"] == "application/json"
    assert not any(word in answer.text for word in ("Traceback", "psycopg2", "rds.amazonaws.com"))
    assert client.get("/health").status_code == 200


def test_without_a_database_nothing_is_created_and_pages_say_so(
    server: PostgreSQL, service: Service, client: Client
) -> None:
    with service.client() as admin:
        admin.login()
        server.stop()
        try:
            posted = client.post("/cars", json={**COROLLA, "model": "never stored"})
            page = admin.get("/admin/cars/car/", headers={"Accept": "text/html"})
            browsed = admin.get("/cars", headers={"Accept": "text/html"})
            static = client.get("/docs", headers={"Accept": "text/html"})
        finally:
            server.start()
        for answer in (posted, page, browsed):
            assert answer.status_code == 503, answer.text
            assert answer.headers["Retry-After"]
        assert "text/html" in page.headers["Content-Type"]
        assert static.status_code == 200
        assert admin.get("/admin/cars/car/").status_code == 200
    assert "never stored" not in names(service)


def test_a_database_that_hangs_is_503_within_the_time_out(
    server: PostgreSQL, client: Client
) -> None:
    """Through connections that were open before as well as through new ones."""
    assert client.get("/health").status_code == 200
    assert server.process
    processes = [psutil.Process(server.process.pid)]
    processes += processes[0].children(recursive=True)
    for process in processes:
        process.suspend()
    try:
        started = time.monotonic()
        answer = client.get("/health")
        took = time.monotonic() - started
    finally:
        for process in processes:
            process.resume()
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert took < 29  # what a gateway waits for
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_lock_that_somebody_holds_is_503(server: PostgreSQL, client: Client, method: str) -> None:
    with contextlib.closing(server.connect("regular")) as other:
        other.autocommit = False
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE cars_car")
        answer = client.request(method, "/cars", json=COROLLA if method == "POST" else None)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert client.get("/cars").status_code == 200


def test_a_writer_that_became_a_reader_is_left(
    server: PostgreSQL, service: Service, client: Client
) -> None:
    assert client.post("/cars", json=COROLLA).status_code == 201
    service.rows("ALTER DATABASE regular SET default_transaction_read_only = on")
    try:
        # Sessions notice with their next connect: this one is what a failover leaves behind.
        client.get("/health")
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'regular'"
        )
        assert client.post("/cars", json=COROLLA).status_code == 503
    finally:
        server.execute("ALTER DATABASE regular RESET default_transaction_read_only")
    assert client.post("/cars", json=COROLLA).status_code == 201


def test_a_kill_in_the_middle_of_writes_loses_no_acknowledged_car(
    server: PostgreSQL, service: Service
) -> None:
    """kill -9 in the middle of 200 POSTs: every 201 is stored, and service resumes by itself."""
    service.rows("DELETE FROM cars_car")
    halfway = threading.Event()
    acknowledged: set[str] = set()
    statuses: list[int] = []

    def send(number: int) -> None:
        if number == 100:
            halfway.set()
        name = f"car {number}"
        with service.client() as own:
            answer = own.post("/cars", json={**COROLLA, "model": name})
        statuses.append(answer.status_code)
        if answer.status_code == 201:
            acknowledged.add(name)

    def crash() -> None:
        halfway.wait()
        server.restart(signal.SIGKILL)

    killer = threading.Thread(target=crash)
    killer.start()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send, range(200)))
    killer.join()

    assert set(statuses) <= {201, 503}
    assert len(statuses) == 200
    assert acknowledged <= names(service)
    # What was not acknowledged may have been stored all the same, once: its answer was lost.
    assert service.rows("SELECT count(*) - count(DISTINCT model) FROM cars_car") == [(0,)]
    with service.client() as after:
        assert after.get("/cars").status_code == 200
        assert after.post("/cars", json=COROLLA).status_code == 201


def test_keys_make_an_interrupted_write_safe_to_repeat(
    server: PostgreSQL, service: Service
) -> None:
    service.rows("DELETE FROM cars_car")
    keys = {f"car {number}": str(uuid.uuid4()) for number in range(60)}

    def send(name: str) -> requests.Response:
        with service.client() as own:
            for _ in range(50):
                answer = own.post(
                    "/cars",
                    json={**COROLLA, "model": name},
                    headers={"Idempotency-Key": keys[name]},
                )
                if answer.status_code != 503:
                    return answer
                time.sleep(0.1)
        raise AssertionError("the service did not come back")

    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(send, keys)
        server.restart(signal.SIGKILL)
        assert {answer.status_code for answer in answers} == {201}
    assert sorted(model for (model,) in service.rows("SELECT model FROM cars_car")) == sorted(keys)
