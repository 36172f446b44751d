"""The whole service on DSQL, under conflicts and chaos."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from signal import SIGKILL

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rig.dsql_gate import DsqlGate
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.service import Client, Service
from tests.rig.services import Rig, running_dsql

ENOUGH = 500
POSTS = ("post", "post", "post", "post again", "get", "burst")
FAULTS = ("restart", "crash", "drop", "OC000", "OC001", "lost-reply")
EVENTS = st.lists(st.sampled_from([*POSTS, *POSTS, *POSTS, *FAULTS]), min_size=20, max_size=30)
# The order of importance in which hypothesis would shrink is lost on a service with a past.
CHAOS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory) -> Iterator[tuple[Service, DsqlGate, PostgreSQL]]:
    """A service with a database server that the tests may crash."""
    with running_postgresql() as server:
        rig = Rig(tmp_path_factory.mktemp("chaos"), lambda: server)
        with running_dsql(rig, retry_seconds="3") as (service, gate):
            yield service, gate, server


@pytest.fixture
def service(stage) -> Iterator[Service]:
    service, gate, _server = stage
    service.rows("DELETE FROM cars_car")
    yield service
    gate.control.reset()


def post(client: Client, model: str, **headers: str) -> requests.Response:
    return client.post("/cars", json={"make": "A", "model": model, "year": 2020}, headers=headers)


@pytest.mark.parametrize("fault", ["OC000", "OC001"])
def test_a_post_with_conflicts_is_stored_once(service, stage, fault):
    stage[1].control.fail_commits(4, fault)
    with service.client() as client:
        assert post(client, "one").status_code == 201
    assert service.rows("SELECT model FROM cars_car") == [("one",)]


def test_a_post_with_conflicts_without_end_is_503_and_stores_nothing(service, stage):
    stage[1].control.fail_commits(100_000)
    with service.client() as client:
        answer = post(client, "none")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert service.rows("SELECT model FROM cars_car") == []


def test_the_admins_writes_survive_conflicts_and_say_so_once(service, stage):
    form = {"make": "A", "model": "B", "year": "2020", "mileage": "0", "vin": "", "color": ""}
    with service.client() as client:
        client.login()
        stage[1].control.fail_commits(3)
        assert client.submit("/admin/cars/car/add/", form).status_code == 302
        assert client.get("/admin/cars/car/").text.count("was added successfully") == 1
        [(key,)] = service.rows("SELECT id FROM cars_car")
        stage[1].control.fail_commits(3)
        page = f"/admin/cars/car/{key}"
        assert client.submit(f"{page}/change/", {**form, "model": "C"}).status_code == 302
        assert "Changed Model" in client.get(f"{page}/history/").text
        stage[1].control.fail_commits(3)
        assert client.submit(f"{page}/delete/", {"post": "yes"}).status_code == 302
    logged = "SELECT count(*) FROM django_admin_log WHERE object_id = '{}'"
    assert service.rows(logged.format(key)) == [(3,)]
    assert service.rows("SELECT count(*) FROM cars_car") == [(0,)]


def test_users_are_changed_in_the_admin_despite_conflicts(service, stage):
    form = {"username": "new", "password1": "Tr1cky-enough", "password2": "Tr1cky-enough"}
    with service.client() as client:
        stage[1].control.fail_commits(3)
        client.login()
        stage[1].control.fail_commits(3)
        answer = client.submit("/admin/auth/user/add/", {**form, "usable_password": "true"})
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].endswith("/change/")
    assert service.rows("SELECT count(*) FROM auth_user WHERE username = 'new'") == [(1,)]
    assert stage[1].control.faults_left() == 0


def test_deleting_more_cars_than_a_transaction_holds(service, stage):
    service.rows(
        "INSERT INTO cars_car (id, make, model, year, mileage, created_at, updated_at)"
        " SELECT gen_random_uuid(), 'A', n::text, 2020, 0, now(), now()"
        " FROM generate_series(1, 3500) n"
    )
    [(key,)] = service.rows("SELECT id FROM cars_car LIMIT 1")
    form = {"action": "delete_selected", "_selected_action": str(key), "select_across": "1"}
    with service.client() as client:
        client.login()
        stage[1].control.fail_commits(2)
        answer = client.submit("/admin/cars/car/", {**form, "post": "yes", "index": "0"})
        assert answer.status_code in (200, 302)
        answer = client.submit("/admin/cars/car/", {**form, "post": "yes"})
        assert answer.status_code == 302, answer.text[:2000]
    assert service.rows("SELECT count(*) FROM cars_car") == [(0,)]


class Chaos:
    """What was asked of the service, what it acknowledged, and what may be there without that."""

    def __init__(self, stage: tuple[Service, DsqlGate, PostgreSQL]) -> None:
        self.service, self.gate, self.server = stage
        self.acknowledged: list[str] = []
        self.unknown: list[str] = []
        self.keys: dict[str, str] = {}
        self.lost = 0

    def run(self, events: list[str]) -> None:
        with self.service.client() as client:
            for event in events:
                self._happen(event, client)
        self._check()

    def _happen(self, event: str, client: Client) -> None:
        match event:
            case "post":
                self._post(client, uuid.uuid4().hex, str(uuid.uuid4()))
            case "post again" if self.keys:
                self._post(client, *list(self.keys.items())[-1])
            case "get":
                assert client.get("/cars").status_code in (200, 503)
            case "burst":
                model, key = uuid.uuid4().hex, str(uuid.uuid4())
                with ThreadPoolExecutor(4) as pool:
                    list(pool.map(lambda _: self._post_alone(model, key), range(4)))
            case "restart":
                self.server.restart()
            case "crash":
                self.server.restart(SIGKILL)
            case "drop":
                self.gate.control.drop()
            case "lost-reply":
                self.lost += 1
                self.gate.control.fail_commits(1, "lost-reply")
            case "OC000" | "OC001" as fault:
                self.gate.control.fail_commits(2, fault)

    def _post_alone(self, model: str, key: str) -> None:
        with self.service.client() as client:
            self._post(client, model, key)

    def _post(self, client: Client, model: str, key: str) -> None:
        self.keys[model] = key
        answer = post(client, model, **{"Idempotency-Key": key})
        assert answer.status_code in (201, 503), answer.text
        (self.acknowledged if answer.status_code == 201 else self.unknown).append(model)

    def _check(self) -> None:
        stored = [model for (model,) in self.service.rows("SELECT model FROM cars_car")]
        assert len(stored) == len(set(stored)), "a car is stored twice"
        assert set(self.acknowledged) <= set(stored), "an acknowledged car is missing"
        unacknowledged = set(stored) - set(self.acknowledged)
        assert unacknowledged <= set(self.unknown)
        assert len(unacknowledged) <= self.lost


def test_whatever_happens_acknowledged_cars_are_stored_and_stored_once(stage):
    happened = 0

    @CHAOS
    @given(EVENTS)
    def everything(events: list[str]) -> None:
        nonlocal happened
        happened += len(events)
        service, gate, _server = stage
        gate.control.reset()
        service.rows("DELETE FROM cars_car")
        Chaos(stage).run(events)

    everything()
    assert happened >= ENOUGH
