"""What clients get behind every gateway, from both archives and their databases."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any, get_args
from urllib.parse import urlencode, urlsplit

import pytest

from tests.rig.events import SOURCE, Headers, Kind, Request, event
from tests.rig.lambda_runtime import Function, running_function
from tests.rig.packaged import PackagedService
from tests.rig.service import ADMIN
from tests.rig.services import ARCHIVES

pytestmark = pytest.mark.parametrize("service", ARCHIVES, indirect=True)

WITHOUT_STAGE = {"url", "alb", "alb-multi"}
HOST = "localhost"
APP = "https://app.example.com"
CAR = {"make": "Saab", "model": "96", "year": 1967}
JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
VIA_CLOUDFRONT = ("Via", "2.0 3e1c.cloudfront.net (CloudFront)")
# What `aws_environment_variables` of a stage may say, beside its database.
CHANGED = {
    "CARS_WRITES_REQUIRE_LOGIN": "true",
    "CORS_ALLOWED_ORIGINS": APP,
    "LOGIN_FAILURES_PER_ACCOUNT": "1",
    "LOGIN_FAILURES_PER_ADDRESS": "1",
    "PUBLIC_URL": "https://www.example.com/shop",
}
GUESSED, GUESSER, ELSEWHERE = "nobody-at-all", "198.51.100.9", "198.51.100.10"


@dataclass
class Answer:
    """A gateway's answer to its client; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Gateway:
    """A function behind a gateway of this kind."""

    function: Function
    stage: str
    kind: Kind

    @property
    def prefix(self) -> str:
        return "" if self.kind in WITHOUT_STAGE else f"/{self.stage}"

    def event(self, method: str, path: str, headers: Headers, body: bytes) -> dict[str, Any]:
        sent = Request(method, self.prefix + path, [("Host", HOST), *headers], body)
        return event(self.kind, sent, self.stage)

    def send(self, method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Answer:
        return answer(self.function.invoke(self.event(method, path, headers, body)))


def answer(given: Mapping[str, Any]) -> Answer:
    pairs = list((given.get("headers") or {}).items())
    for name, values in (given.get("multiValueHeaders") or {}).items():
        pairs += [(name, value) for value in values]
    pairs += [("Set-Cookie", value) for value in given.get("cookies") or ()]
    cookies: dict[str, str] = {}
    for name, value in pairs:
        if name.lower() == "set-cookie":
            ((key, morsel),) = SimpleCookie(value).items()
            assert key not in cookies  # each once: Miserlou/Zappa#1965
            cookies[key] = morsel.value
    body = given.get("body") or ""
    return Answer(
        given["statusCode"],
        {name.lower(): value for name, value in pairs},
        cookies,
        base64.b64decode(body) if given.get("isBase64Encoded") else body.encode(),
    )


@pytest.fixture(params=get_args(Kind))
def gateway(request: pytest.FixtureRequest, service: PackagedService) -> Gateway:
    """The service as it is."""
    return Gateway(service.function, service.package.stage, request.param)


@pytest.fixture(scope="module")
def changed(service: PackagedService) -> Iterator[Function]:
    """The same archive on the same database, as CHANGED has it."""
    log = service.log.with_suffix(".changed.log")
    with running_function(
        "changed", service.package, {**service.environment, **CHANGED}, log
    ) as function:
        yield function


@pytest.fixture
def changed_gateway(gateway: Gateway, changed: Function) -> Gateway:
    return Gateway(changed, gateway.stage, gateway.kind)


def test_a_car_is_added_found_and_looked_at(gateway: Gateway) -> None:
    added = gateway.send("POST", "/cars", JSON, body=json.dumps(CAR).encode())
    assert added.status == 201
    path = urlsplit(added.headers["location"]).path
    assert path == f"{gateway.prefix}/cars/{added.json()['id']}"
    path = path.removeprefix(gateway.prefix)
    assert gateway.send("GET", path).json() == added.json()
    head = gateway.send("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    found = gateway.send("GET", "/cars?make=Saab&year_min=1960&page_size=1").json()
    assert [car["id"] for car in found["results"]] == [added.json()["id"]]
    assert gateway.send("POST", "/cars", JSON, body=b"{}").status == 400


@pytest.mark.parametrize("make", ["a+b@c.example", "50% & more; a=b", "\u8eca #1?"])
def test_a_query_means_what_its_client_wrote(gateway: Gateway, make: str) -> None:
    """Miserlou/Zappa#2077, behind a load balancer; datasette-publish-vercel#28 for a plus."""
    added = gateway.send("POST", "/cars", JSON, body=json.dumps(CAR | {"make": make}).encode())
    query = urlencode({"make": make, "page_size": 1})
    found = gateway.send("GET", f"/cars?{query}").json()["results"]
    assert found == [added.json()]


def test_a_load_balancer_gets_headers_in_the_form_that_it_sent(gateway: Gateway) -> None:
    """It answers 502 to the other one, and it may leave out both query parameters: mangum#133."""
    sent = gateway.event("GET", "/schema", (), b"")
    for name in ("queryStringParameters", "multiValueQueryStringParameters"):
        sent.pop(name, None)
    given = gateway.function.invoke(sent)
    assert given["statusCode"] == 200
    forms = {name for name in ("headers", "multiValueHeaders") if given.get(name)}
    assert forms == {"multiValueHeaders" if "multiValueHeaders" in sent else "headers"}


def test_scripts_arrive_byte_by_byte(gateway: Gateway, service: PackagedService) -> None:
    """serverless-wsgi#55: what a gateway takes for text or not, it is the same file."""
    page = gateway.send("GET", "/docs").body.decode()
    path = re.findall(rf'src="{gateway.prefix}(/static/[^"]+js)"', page)[0]
    script = gateway.send("GET", path)
    assert script.status == 200
    assert script.body == (service.package.task / f"staticfiles{path[7:]}").read_bytes()


@pytest.fixture(scope="module")
def session(service: PackagedService) -> Iterator[dict[str, str]]:
    """The cookies of an administrator."""
    door = Gateway(service.function, service.package.stage, "http")
    page = door.send("GET", "/admin/login/")
    ((name, token),) = page.cookies.items()
    form = {"username": ADMIN[0], "password": ADMIN[1], "csrfmiddlewaretoken": token}
    headers = (FORM, ("Cookie", f"{name}={token}"), ("Referer", f"https://{HOST}/"))
    welcome = door.send(
        "POST",
        "/admin/login/",
        *headers,
        body=urlencode(form).encode(),
    )
    assert welcome.status == 302
    yield page.cookies | welcome.cookies
    service.rows("DELETE FROM django_admin_log")


def test_a_browser_that_sends_its_cookies_apart_may_add_cars(
    gateway: Gateway, session: dict[str, str]
) -> None:
    """HTTP/2 allows it (zappa#1466). A load balancer without multi-value headers joins them."""
    pairs = [f"{name}={value}" for name, value in session.items()]
    assert len(pairs) == 2
    cookies = [("Cookie", pair) for pair in pairs]
    if gateway.kind == "alb":
        cookies = [("Cookie", "; ".join(pairs))]
    assert gateway.send("GET", "/admin/", *cookies).status == 200
    token = next(value for name, value in session.items() if "csrf" in name)
    form = CAR | {"mileage": 0, "csrfmiddlewaretoken": token}
    added = gateway.send(
        "POST",
        "/admin/cars/car/add/",
        FORM,
        ("Referer", f"https://{HOST}/"),
        *cookies,
        body=urlencode(form).encode(),
    )
    assert (added.status, added.headers["location"]) == (302, f"{gateway.prefix}/admin/cars/car/")
    assert any("messages" in name for name in added.cookies)


def test_json_is_compressed_where_the_gateway_does_not_and_a_client_asks(
    gateway: Gateway,
) -> None:
    plain = gateway.send("GET", "/schema")
    asked = gateway.send("GET", "/schema", ("Accept-Encoding", "gzip"))
    assert (plain.status, asked.status) == (200, 200)
    assert "content-encoding" not in plain.headers
    if gateway.kind == "rest":  # by payload_minimum_compression_size
        assert "content-encoding" not in asked.headers
        return
    assert (asked.headers["content-encoding"], asked.headers["vary"]) == (
        "gzip",
        "Accept-Encoding",
    )
    assert json.loads(gzip.decompress(asked.body)) == plain.json()


def test_requests_of_aws_itself_have_no_host_and_are_answered(gateway: Gateway) -> None:
    """A console's Test, with `headers` null (mangum#69), and a load balancer's health check."""
    sent = gateway.event("GET", "/health", (), b"")
    if gateway.kind == "rest":
        sent |= {"headers": None, "multiValueHeaders": None}
    for headers in (sent.get("headers") or {}, sent.get("multiValueHeaders") or {}):
        for name in list(headers):
            if name.lower() in {"host", "x-forwarded-proto"}:
                del headers[name]
    logged = gateway.function.log.stat().st_size
    assert answer(gateway.function.invoke(sent)).status == 200
    assert "Traceback" not in gateway.function.log.read_text()[logged:]


def preflight(origin: str) -> Headers:
    return (
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,idempotency-key"),
    )


def test_a_preflight_of_an_allowed_origin_is_answered(
    gateway: Gateway, changed_gateway: Gateway
) -> None:
    headers = changed_gateway.send("OPTIONS", "/cars", *preflight(APP)).headers
    assert headers["access-control-allow-origin"] == APP
    assert "POST" in headers["access-control-allow-methods"]
    assert "idempotency-key" in headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in headers
    for door, origin in ((changed_gateway, "https://other.example.com"), (gateway, APP)):
        headers = door.send("OPTIONS", "/cars", *preflight(origin)).headers
        assert "access-control-allow-origin" not in headers


def test_an_error_can_be_read_by_a_script_of_an_allowed_origin(changed_gateway: Gateway) -> None:
    bad = changed_gateway.send("GET", "/cars?make=%00", ("Origin", APP))
    assert bad.status == 400
    assert bad.headers["access-control-allow-origin"] == APP


def test_links_lead_to_the_public_url_for_who_came_by_it(
    gateway: Gateway, changed_gateway: Gateway
) -> None:
    moved = changed_gateway.send("GET", "/", VIA_CLOUDFRONT)
    assert (moved.status, moved.headers["location"]) == (302, "/shop/cars")
    assert changed_gateway.send("GET", "/").headers["location"] == f"{gateway.prefix}/cars"
    for _ in range(2):
        gateway.send("POST", "/cars", JSON, body=json.dumps(CAR).encode())
    path = "/cars?page_size=1"
    following = changed_gateway.send("GET", path, VIA_CLOUDFRONT).json()["next"]
    assert following.startswith("https://www.example.com/shop/cars?")
    # Nothing that a client says is trusted where PUBLIC_URL is not set.
    following = gateway.send("GET", path, VIA_CLOUDFRONT).json()["next"]
    assert following.startswith(f"https://{HOST}{gateway.prefix}/cars?")


def test_variables_of_the_stage_are_honoured(gateway: Gateway, changed_gateway: Gateway) -> None:
    body = json.dumps(CAR).encode()
    assert gateway.send("POST", "/cars", JSON, body=body).status == 201
    assert changed_gateway.send("POST", "/cars", JSON, body=body).status == 401


def guess(door: Gateway, name: str, address: str) -> Answer:
    """One wrong password for this account, by HTTP Basic from this address."""
    credentials = base64.b64encode(f"{name}:wrong".encode()).decode()
    sent = door.event("POST", "/cars", [JSON, ("Authorization", f"Basic {credentials}")], b"{}")
    sent = json.loads(json.dumps(sent).replace(SOURCE, address))
    return answer(door.function.invoke(sent))


@pytest.fixture(scope="module")
def guessed(service: PackagedService, changed: Function) -> Iterator[None]:
    """One wrong password was tried, and that is as many as are allowed."""
    door = Gateway(changed, service.package.stage, "rest")
    assert guess(door, GUESSED, GUESSER).status == 401
    yield
    service.rows("DELETE FROM carsite_guess")


@pytest.mark.usefixtures("guessed")
@pytest.mark.parametrize(("name", "address"), [(GUESSED, ELSEWHERE), ("another-account", GUESSER)])
def test_guesses_are_counted_by_account_and_address_across_gateways(
    changed_gateway: Gateway, name: str, address: str
) -> None:
    refused = guess(changed_gateway, name, address)
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 15 * 60
