"""Django's fixtures, which keep every column of a car as it was."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from tests.contract.cars import COROLLA
from tests.rig.service import Client, Service

pytestmark = pytest.mark.contract


def test_a_fixture_adds_and_replaces_cars_with_the_times_it_says(
    service: Service, client: Client, tmp_path: Path
) -> None:
    car = client.post("/cars", json=COROLLA).json()
    then = {"created_at": "2001-02-03T04:05:06.789012Z", "updated_at": "2002-02-03T04:05:06Z"}
    wanted = [{**car, **then, "id": each, "mileage": 7} for each in (car["id"], str(uuid.uuid4()))]
    lines = [
        {"model": "cars.car", "pk": each["id"], "fields": {**each, "id": each["id"]}}
        for each in wanted
    ]
    path = tmp_path / "cars.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    service.manage("loaddata", str(path))
    for each in wanted:
        assert client.get(f"/cars/{each['id']}").json() == each
