"""Every page of the admin, and what a keeper of cars does there."""

from __future__ import annotations

import re

import pytest
from requests.cookies import RequestsCookieJar

from tests.contract.cars import add
from tests.rig.service import Client, Service

pytestmark = pytest.mark.contract

LIST = "/admin/cars/car/"


@pytest.fixture(scope="session")
def sessions() -> dict[str, RequestsCookieJar]:
    """The keeper's cookies by service: checking a password costs a third of a second."""
    return {}


@pytest.fixture
def admin(client: Client, service: Service, sessions: dict[str, RequestsCookieJar]) -> Client:
    """A client whose user is logged in."""
    if service.name not in sessions:
        client.login()
        sessions[service.name] = client.cookies.copy()
    client.cookies = sessions[service.name].copy()
    client.headers["Accept"] = "text/html"
    return client


# What the pages show is the same on every database of PostgreSQL's dialect.
PAGES = pytest.mark.parametrize("service", ["local", "dsql", "lambda-regular-rest"], indirect=True)


def shown(page: str) -> int:
    """How many rows a change list shows."""
    return page.count('class="action-select"')


@PAGES
@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/cars/",
        "/admin/auth/",
        "/admin/auth/user/",
        "/admin/auth/user/add/",
        "/admin/auth/group/",
        "/admin/auth/group/add/",
        "/admin/password_change/",
        "/admin/jsi18n/",
        LIST,
        f"{LIST}add/",
        f"{LIST}CAR/change/",
        f"{LIST}CAR/history/",
        f"{LIST}CAR/delete/",
        f"{LIST}?make=Toyota",
        f"{LIST}?make=Nobody",
        f"{LIST}?decade=2020",
        f"{LIST}?decade=never",
        f"{LIST}?vin__isempty=1",
        f"{LIST}?q=Corolla",
        f"{LIST}?created_at__year=2026",
        f"{LIST}?o=8",
        f"{LIST}?p=1",
        f"{LIST}?all=",
    ],
)
def test_every_page_opens(admin: Client, path: str) -> None:
    path = path.replace("CAR", str(add_car(admin)))
    assert admin.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"{LIST}?q=%00",
        f"{LIST}?make=%00",
        f"{LIST}?vin__exact=%00",
    ],
)
def test_a_value_that_no_column_can_hold_is_no_server_error(admin: Client, path: str) -> None:
    assert admin.get(path).status_code in {302, 400}


@PAGES
@pytest.mark.parametrize("query", ["p=99", "p=-1", "p=x", f"p={'9' * 30}", "created_at__year=x"])
def test_a_page_that_is_not_there_is_no_server_error(admin: Client, query: str) -> None:
    add_car(admin)
    assert admin.get(f"{LIST}?{query}").status_code in {200, 302}


def add_car(client: Client, **fields: object) -> str:
    headers = client.headers.copy()
    client.headers["Accept"] = "application/json"
    # Logged in, DRF wants the CSRF token that the forms carry.
    # Its cookie's name has a prefix where the service is deployed.
    tokens = [cookie.value for cookie in client.cookies if cookie.name.endswith("csrftoken")]
    client.headers.update({"X-CSRFToken": tokens[0] or "", "Referer": f"{client.origin}/"})
    try:
        return str(add(client, **fields)["id"])
    finally:
        client.headers.clear()
        client.headers.update(headers)


def test_a_car_is_added_changed_and_deleted(admin: Client, service: Service) -> None:
    form = {"make": "Saab", "model": "900", "year": "1985", "vin": "", "color": "", "mileage": "7"}
    assert admin.submit(f"{LIST}add/", form).status_code == 302
    ((make, vin, color),) = service.rows("SELECT make, vin, color FROM cars_car")
    assert (make, vin, color) == ("Saab", None, None)

    pk = re.search(rf"{LIST}([0-9a-f-]{{36}})/change/", admin.get(LIST).text)
    assert pk
    change = f"{LIST}{pk[1]}/change/"
    assert admin.submit(change, {**form, "year": "1986"}).status_code == 302
    assert service.rows("SELECT year FROM cars_car") == [(1986,)]
    assert "Changed Year" in admin.get(f"{LIST}{pk[1]}/history/").text

    assert admin.submit(f"{LIST}{pk[1]}/delete/", {"post": "yes"}).status_code == 302
    assert service.rows("SELECT * FROM cars_car") == []


@PAGES
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("year", "1885", "greater than or equal to 1886"),
        ("year", "2200", "less than or equal to"),
        ("vin", "too short", "17 capital letters"),
        ("mileage", "1000000", "less than or equal to 999999"),
    ],
)
def test_the_form_says_what_is_wrong(admin: Client, field: str, value: str, says: str) -> None:
    form = {"make": "Saab", "model": "900", "year": "1985", "mileage": "0", field: value}
    answer = admin.submit(f"{LIST}add/", form)
    assert answer.status_code == 200
    assert says in answer.text


def test_a_duplicate_vin_is_a_message(admin: Client) -> None:
    add_car(admin, vin="JTDBR32E720012345")
    form = {"make": "a", "model": "b", "year": "1985", "mileage": "0", "vin": "JTDBR32E720012345"}
    assert "already exists" in admin.submit(f"{LIST}add/", form).text


def test_the_chosen_cars_are_deleted_by_the_action(admin: Client, service: Service) -> None:
    gone = [add_car(admin) for _ in range(3)]
    kept = add_car(admin, make="Kept")
    form = {"action": "delete_selected", "_selected_action": gone, "post": "yes"}
    assert admin.submit(LIST, form).status_code == 302
    assert [make for (make,) in service.rows("SELECT make FROM cars_car")] == ["Kept"], kept


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=JTDBR32E720012345", 1), ("q=ford", 2), ("q=Model 3", 1), ("q=Nobody", 0), ("q=", 3)],
)
def test_the_search_finds_makes_models_and_vins(admin: Client, query: str, found: int) -> None:
    add_car(admin, vin="JTDBR32E720012345")
    add_car(admin, make="Ford", model="Ka")
    add_car(admin, make="Ford", model="Model 3")
    assert shown(admin.get(f"{LIST}?{query}").text) == found


def test_filters_and_dates_narrow_the_list(admin: Client, service: Service) -> None:
    add_car(admin, make="Ford", year=1995)
    add_car(admin, vin="JTDBR32E720012345")
    service.rows("UPDATE cars_car SET created_at = '2024-02-29 12:00:00' WHERE make = 'Ford'")
    page = admin.get(LIST).text
    assert shown(page) == 2
    assert "?created_at__year=2024" in page
    assert shown(admin.get(f"{LIST}?created_at__year=2024&created_at__month=2").text) == 1
    assert (
        "created_at__day=29" in admin.get(f"{LIST}?created_at__year=2024&created_at__month=2").text
    )
    assert shown(admin.get(f"{LIST}?decade=1990").text) == 1
    assert shown(admin.get(f"{LIST}?make=Ford").text) == 1
    assert shown(admin.get(f"{LIST}?vin__isempty=0").text) == 1


def test_strangers_see_the_login_only(client: Client, service: Service) -> None:
    answer = client.get(LIST, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{service.prefix}/admin/login/?")


def test_a_wrong_password_is_refused(client: Client) -> None:
    answer = client.submit("/admin/login/", {"username": "keeper", "password": "wrong"})
    assert answer.status_code == 200
    assert "correct username and password" in answer.text
