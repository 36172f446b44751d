"""The service in both regions of one database: what is done in one holds in the other."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator

import pytest

from tests.contract.cars import COROLLA, add
from tests.regions.loss import endure, loading, table
from tests.rig.regions import TwoRegions
from tests.rig.service import Client
from tests.rig.services import TWO_REGIONS

pytestmark = [
    pytest.mark.parametrize("service", [TWO_REGIONS], indirect=True),
    pytest.mark.timeout(1800),
]

# `make two-regions` takes twelve.
PHASE_SECONDS = float(os.environ.get("REGIONS_PHASE_SECONDS", "0.5"))


@pytest.fixture
def clients(service: TwoRegions) -> Iterator[list[Client]]:
    """A client of each region, and no cars."""
    service.rows("DELETE FROM cars_car")
    clients = [region.client() for region in service.regions]
    yield clients
    for client in clients:
        client.close()
    for gate in service.gates:
        gate.control.reset()


def test_what_one_region_acknowledged_the_other_reads_at_once(clients: list[Client]) -> None:
    for number in range(20):
        here, there = clients if number % 2 else reversed(clients)
        car = add(here, mileage=number)
        assert there.get(f"/cars/{car['id']}").json() == car
        assert there.get("/cars?page_size=1").json()["results"] == [car]


def test_a_login_in_one_region_is_one_in_the_other(clients: list[Client]) -> None:
    here, there = clients
    here.login()
    there.cookies.update(here.cookies)
    page = there.get("/admin/cars/car/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    origin = {"Origin": there.origin, "Referer": there.absolute("/admin/")}
    answer = there.post("/admin/logout/", data={"csrfmiddlewaretoken": token}, headers=origin)
    assert answer.status_code == 200
    gone = here.get("/admin/cars/car/", headers={"Accept": "text/html"})
    assert gone.status_code == 302
    assert "/admin/login/" in gone.headers["Location"]


def test_a_key_that_is_repeated_against_the_other_region_gives_the_same_car(
    clients: list[Client], service: TwoRegions
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first, again = [client.post("/cars", json=COROLLA, headers=key) for client in clients]
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert service.rows("SELECT count(*) FROM cars_car") == [(1,)]


def test_a_key_is_good_for_who_lost_the_answer_of_the_first_region(
    clients: list[Client], service: TwoRegions
) -> None:
    here, there = clients
    key = {"Idempotency-Key": str(uuid.uuid4())}
    service.gates[0].control.fail_commits(1, "lost-reply")
    assert here.post("/cars", json=COROLLA, headers=key).status_code in (201, 503)
    assert there.post("/cars", json=COROLLA, headers=key).status_code == 201
    assert service.rows("SELECT count(*) FROM cars_car") == [(1,)]


def test_one_region_serves_while_the_other_migrates(
    clients: list[Client], service: TwoRegions
) -> None:
    there = clients[1]
    service.gates[1].control.set_catalog_conflicts()
    migrated = threading.Event()
    failures: list[BaseException] = []

    def migrate() -> None:
        try:
            # Cars and visitors need no sessions; the admin, which does, is not asked meanwhile.
            service.manage("migrate", "--verbosity=0", "sessions", "zero")
            service.manage("migrate", "--verbosity=0")
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)
        finally:
            migrated.set()

    migrating = threading.Thread(target=migrate)
    migrating.start()
    stored: list[str] = []
    statuses: set[int] = set()
    while not migrated.is_set():
        answer = there.post("/cars", json=COROLLA)
        statuses.add(answer.status_code)
        stored.append(answer.json().get("id", ""))
        statuses.add(there.get(f"/cars/{stored[-1]}").status_code)
    migrating.join()
    assert failures == []
    assert statuses == {200, 201}
    assert {key for (key,) in service.rows("SELECT id::text FROM cars_car")} == set(stored)


def test_a_region_that_is_lost_twice_loses_and_doubles_nothing(
    clients: list[Client], service: TwoRegions
) -> None:
    with loading(service) as at_work:
        endure(service, at_work, PHASE_SECONDS)
    print(table(at_work))  # noqa: T201 - for docs/two-regions.md
    stored = dict(service.rows("SELECT model, id::text FROM cars_car"))
    rows = service.rows("SELECT count(*) FROM cars_car")[0][0]
    acknowledged = {k: v for each in at_work for k, v in each.acknowledged.items()}
    unanswered = {model for each in at_work for model in each.unanswered}
    assert {model: stored.get(model) for model in acknowledged} == acknowledged
    assert rows == len(stored)
    assert set(stored) - set(acknowledged) <= unanswered
