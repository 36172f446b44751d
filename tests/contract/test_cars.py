"""GET /cars, POST /cars and GET /cars/{id}, as a client sees them."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from tests.contract.cars import COROLLA, add, add_many, pages
from tests.rig.service import Client, Service
from tests.rig.services import SERVICES

pytestmark = [
    pytest.mark.contract,
    pytest.mark.parametrize("service", list(SERVICES), indirect=True),
]

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NEXT_YEAR = datetime.now(UTC).year + 1


def test_a_new_car_is_answered_with_all_its_fields_and_its_address(client: Client) -> None:
    answer = client.post("/cars", json=COROLLA)
    car = answer.json()
    assert answer.status_code == 201
    assert set(car) == {*COROLLA, "id", "vin", "color", "mileage", "created_at", "updated_at"}
    assert COROLLA.items() <= car.items()
    assert (car["vin"], car["color"], car["mileage"]) == (None, None, 0)
    assert uuid.UUID(car["id"])
    assert TIME.fullmatch(car["created_at"])
    assert TIME.fullmatch(car["updated_at"])
    assert urlsplit(answer.headers["Location"]).path == f"{client.prefix}/cars/{car['id']}"
    assert client.get(answer.headers["Location"]).json() == car


def test_every_optional_field_is_stored(client: Client) -> None:
    given = {**COROLLA, "vin": "JTDBR32E720012345", "color": "Super White", "mileage": 123456}
    car = add(client, **given)
    assert client.get(f"/cars/{car['id']}").json() == car
    assert given.items() <= car.items()


@pytest.mark.parametrize("year", [1886, NEXT_YEAR])
def test_the_first_and_the_last_possible_year_are_accepted(client: Client, year: int) -> None:
    assert add(client, year=year)["year"] == year


def test_text_of_any_language_comes_back_as_it_was_sent(client: Client) -> None:
    text = 'Škoda 東風 \N{AUTOMOBILE} O\'Hara "quoted" \\ %s {0} <b>'
    assert client.get(f"/cars/{add(client, model=text)['id']}").json()["model"] == text


def test_a_form_makes_the_same_car_as_json(client: Client) -> None:
    answer = client.post("/cars", data={**COROLLA, "vin": "", "color": ""})
    assert answer.status_code == 201
    assert answer.json()["vin"] is None
    assert answer.json()["color"] is None


def test_what_the_server_decides_cannot_be_sent(client: Client) -> None:
    wanted = "00000000-0000-0000-0000-000000000000"
    car = add(client, id=wanted, created_at="1999-01-01T00:00:00Z", idempotency_fingerprint="x")
    assert car["id"] != wanted
    assert not car["created_at"].startswith("1999")


def test_an_empty_list_is_a_page_without_results(client: Client) -> None:
    assert client.get("/cars").json() == {"next": None, "previous": None, "results": []}


def test_cars_are_listed_newest_first(client: Client) -> None:
    ids = [add(client)["id"] for _ in range(3)]
    assert [car["id"] for car in client.get("/cars").json()["results"]] == ids[::-1]


def test_pages_hold_every_car_exactly_once_in_both_directions(client: Client) -> None:
    ids = add_many(client, 23)
    there = list(pages(client, "/cars?page_size=5"))
    assert [car["id"] for page in there for car in page["results"]] == ids[::-1]
    assert [len(page["results"]) for page in there] == [5, 5, 5, 5, 3]
    back = list(pages(client, there[-1]["previous"], link="previous"))
    assert [page["results"] for page in back] == [page["results"] for page in there[-2::-1]]
    assert back[-1]["previous"] is None


def test_cars_of_the_same_moment_are_paged_exactly_once(client: Client, service: Service) -> None:
    ids = add_many(client, 12)
    service.rows("UPDATE cars_car SET created_at = '2026-01-01 00:00:00'")
    listed = [car["id"] for page in pages(client, "/cars?page_size=5") for car in page["results"]]
    assert sorted(listed) == sorted(ids)
    assert listed == sorted(listed, reverse=True)


def test_a_car_added_while_paging_moves_no_other(client: Client) -> None:
    ids = add_many(client, 6)
    first = client.get("/cars?page_size=3").json()
    new = add(client)
    second = client.get(first["next"]).json()
    seen = [car["id"] for page in (first, second) for car in page["results"]]
    assert seen == ids[::-1]
    assert [car["id"] for car in client.get("/cars?page_size=1").json()["results"]] == [new["id"]]


def test_links_between_pages_keep_the_filters(client: Client) -> None:
    for make in ["Ford", "Fiat"] * 3:
        add(client, make=make)
    listed = [
        car["make"]
        for page in pages(client, "/cars?make=Ford&page_size=2")
        for car in page["results"]
    ]
    assert listed == ["Ford"] * 3


@pytest.mark.parametrize(("asked", "given"), [("1", 1), ("200", 55), ("100000", 55), ("", 50)])
def test_page_size_is_what_was_asked_for_up_to_200(client: Client, asked: str, given: int) -> None:
    add_many(client, 55)
    assert len(client.get("/cars", params={"page_size": asked}).json()["results"]) == given


FLEET = [
    {"make": "Ford", "model": "Focus", "year": 2010, "color": "Red", "vin": "WF0AXXGCDA7R12345"},
    {"make": "Ford", "model": "Fiesta", "year": 2015, "color": "Blue"},
    {"make": "Tesla", "model": "Model 3", "year": 2020, "color": "Red"},
    {"make": "ford", "model": "focus", "year": 2021},
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("make=Ford", [0, 1]),
        ("model=Model 3", [2]),
        ("year=2015", [1]),
        ("year_min=2015", [1, 2, 3]),
        ("year_max=2015", [0, 1]),
        ("year_min=2011&year_max=2020", [1, 2]),
        ("color=Red", [0, 2]),
        ("vin=WF0AXXGCDA7R12345", [0]),
        ("make=Ford&color=Red", [0]),
        ("make=Opel", []),
        ("year_min=2020&year_max=2010", []),
        ("make=", [0, 1, 2, 3]),
        ("cursor=", [0, 1, 2, 3]),
        ("colour=Red", [0, 1, 2, 3]),
    ],
)
def test_filters_are_exact_and_all_of_them_hold(
    client: Client, query: str, found: list[int]
) -> None:
    ids = [add(client, **car)["id"] for car in FLEET]
    listed = [car["id"] for car in client.get(f"/cars?{query}").json()["results"]]
    assert listed == [ids[index] for index in reversed(found)]


def test_options_describes_the_fields(client: Client) -> None:
    fields = client.options("/cars").json()["actions"]["POST"]
    assert fields["make"]["required"]
    assert fields["mileage"]["max_value"] == 999999


def test_head_answers_like_get_without_a_body(client: Client) -> None:
    answer = client.head("/cars")
    assert (answer.status_code, answer.content) == (200, b"")
