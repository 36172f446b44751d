"""The whole service on DSQL, under conflicts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.dbauth.dsql.chaos import Stage
from tests.rig.service import Client, Service


@pytest.fixture
def service(stage: Stage) -> Iterator[Service]:
    stage.service.rows("DELETE FROM cars_car")
    yield stage.service
    stage.gate.control.reset()


def post(client: Client, model: str, **headers: str) -> requests.Response:
    return client.post("/cars", json={"make": "A", "model": model, "year": 2020}, headers=headers)


@pytest.mark.parametrize("fault", ["OC000", "OC001"])
def test_a_post_with_conflicts_is_stored_once(service, stage, fault):
    stage.gate.control.fail_commits(4, fault)
    with service.client() as client:
        assert post(client, "one").status_code == 201
    assert service.rows("SELECT model FROM cars_car") == [("one",)]


def test_a_post_with_conflicts_without_end_is_503_and_stores_nothing(service, stage):
    stage.gate.control.fail_commits(100_000)
    with service.client() as client:
        answer = post(client, "none")
    assert answer.status_code == 503
    assert 2 <= int(answer.headers["Retry-After"]) <= 8
    assert service.rows("SELECT model FROM cars_car") == []


def test_the_admins_writes_survive_conflicts_and_say_so_once(service, stage):
    form = {"make": "A", "model": "B", "year": "2020", "mileage": "0", "vin": "", "color": ""}
    with service.client() as client:
        client.login()
        stage.gate.control.fail_commits(3)
        assert client.submit("/admin/cars/car/add/", form).status_code == 302
        assert client.get("/admin/cars/car/").text.count("was added successfully") == 1
        [(key,)] = service.rows("SELECT id FROM cars_car")
        stage.gate.control.fail_commits(3)
        page = f"/admin/cars/car/{key}"
        assert client.submit(f"{page}/change/", {**form, "model": "C"}).status_code == 302
        assert "Changed Model" in client.get(f"{page}/history/").text
        stage.gate.control.fail_commits(3)
        assert client.submit(f"{page}/delete/", {"post": "yes"}).status_code == 302
    logged = "SELECT count(*) FROM django_admin_log WHERE object_id = '{}'"
    assert service.rows(logged.format(key)) == [(3,)]
    assert service.rows("SELECT count(*) FROM cars_car") == [(0,)]


def test_users_are_changed_in_the_admin_despite_conflicts(service, stage):
    form = {"username": "new", "password1": "Tr1cky-enough", "password2": "Tr1cky-enough"}
    with service.client() as client:
        stage.gate.control.fail_commits(3)
        client.login()
        stage.gate.control.fail_commits(3)
        answer = client.submit("/admin/auth/user/add/", {**form, "usable_password": "true"})
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].endswith("/change/")
    assert service.rows("SELECT count(*) FROM auth_user WHERE username = 'new'") == [(1,)]
    assert stage.gate.control.faults_left() == 0


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
        stage.gate.control.fail_commits(2)
        answer = client.submit("/admin/cars/car/", {**form, "post": "yes", "index": "0"})
        assert answer.status_code in (200, 302)
        answer = client.submit("/admin/cars/car/", {**form, "post": "yes"})
        assert answer.status_code == 302, answer.text[:2000]
    assert service.rows("SELECT count(*) FROM cars_car") == [(0,)]


def test_a_file_of_cars_is_loaded_once_despite_conflicts(service, stage, tmp_path):
    file = tmp_path / "cars.csv"
    file.write_text("make,model,year\n" + "".join(f"A,{n},2020\n" for n in range(3500)))
    stage.gate.control.fail_commits(3)
    assert "3,500 loaded" in service.manage("load_cars", str(file))
    assert stage.gate.control.faults_left() == 0
    assert service.rows("SELECT count(*), count(DISTINCT model) FROM cars_car") == [(3500, 3500)]
