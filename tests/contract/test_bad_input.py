"""Nothing that a client sends gives a 5xx: each mistake has its status, and says what is wrong."""

from __future__ import annotations

import json
import socket
import ssl
from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.contract.cars import COROLLA
from tests.rig.service import Client, Service
from tests.rig.services import ENTRIES

pytestmark = [
    pytest.mark.contract,
    # What every database has a say in is in test_bad_values.
    pytest.mark.parametrize("service", ENTRIES, indirect=True),
]

NO_CHARSETS = ["hex", "undefined", "idna", "punycode", "rot13", "zip", "base64", "utf-16", "x"]
NOBODY = "6c84fb90-12c4-11e1-840d-7b25c5ee775a"


def stored(client: Client) -> int:
    return len(client.get("/cars").json()["results"])


WRONG: dict[str, list[Any]] = {
    "make": ["", " ", None, [], {}, "x" * 101, "a\0b", "\ud800", True],
    "model": ["", None, {}, "x" * 101, "\0"],
    "year": ["", None, "x", 1885, 2200, 10**30, 1999.5, -1, [], True],
    "vin": ["", "SHORT", "IOQ45678901234567", "JTDBR32E72001234\u017f", "JTDBR32E72001234\uff15"],
    "color": ["", "x" * 51, float("inf"), {}],
    "mileage": [-1, 1_000_000, 10**30, "many", None, 0.5, []],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values]
)
def test_a_field_out_of_range_is_named_and_nothing_is_stored(
    client: Client, field: str, value: Any
) -> None:

    body = json.dumps({**COROLLA, field: value})
    answer = client.post("/cars", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) <= {field, "detail"}
    assert stored(client) == 0


@pytest.mark.parametrize("field", ["make", "model", "year"])
def test_a_missing_field_is_named(client: Client, field: str) -> None:
    body = {name: value for name, value in COROLLA.items() if name != field}
    answer = client.post("/cars", json=body)
    assert (answer.status_code, answer.json()) == (400, {field: ["This field is required."]})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"NaN",
        b'{"make": NaN}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"year": 1' + b"0" * 10_000 + b"}",
    ],
)
@pytest.mark.parametrize("charset", ["", "; charset=utf-16", "; charset=rot13", "; charset=x-no"])
def test_a_body_that_is_no_json_object_is_refused(
    client: Client, body: bytes, charset: str
) -> None:
    answer = client.post("/cars", data=body, headers={"Content-Type": f"application/json{charset}"})
    assert answer.status_code == 400, answer.text
    assert stored(client) == 0


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: nonsense\r\n\r\n--a--"),
        ("multipart/form-data; boundary=\xe9", b"x"),
        ("application/x-www-form-urlencoded", b"make=%FF&model=%00&year=\xff"),
        ("application/x-www-form-urlencoded; charset=rot13", b"make=a"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"make=a"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(1500))),
    ],
)
def test_a_broken_form_is_refused(client: Client, kind: str, body: bytes) -> None:
    answer = client.post("/cars", data=body, headers={"Content-Type": kind.encode("latin-1")})
    assert answer.status_code in {400, 415}, answer.text
    assert stored(client) == 0


@pytest.mark.parametrize("length", [1024 * 1024 + 1, 3 * 1024 * 1024])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_over_one_megabyte_is_refused(client: Client, length: int, kind: str) -> None:
    answer = client.post("/cars", data=b"x" * length, headers={"Content-Type": kind})
    assert answer.status_code == 413
    assert answer.json()["detail"]


def test_a_body_of_one_megabyte_is_read(client: Client) -> None:
    body = b'{"make": "' + b"x" * (1024 * 1024 - 12) + b'"}'
    answer = client.post("/cars", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "make" in answer.json()) == (400, True)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "nonsense", "", "\xff"])
def test_another_media_type_is_415(client: Client, kind: str) -> None:
    headers = {"Content-Type": kind.encode("latin-1")}
    answer = client.post("/cars", data=b"<car/>", headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/cars"),
        ("DELETE", "/cars"),
        ("PATCH", f"/cars/{NOBODY}"),
        ("POST", f"/cars/{NOBODY}"),
        ("BREW", "/cars"),
    ],
)
def test_another_method_is_405(client: Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize("accept", ["text/csv", "application/xml", "image/*"])
def test_a_type_that_cannot_be_had_is_406(client: Client, accept: str) -> None:
    assert client.get("/cars", headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize(
    "path",
    [
        f"/cars/{NOBODY}",
        "/cars/1",
        "/cars/%00",
        "/cars/%FF%FE",
        "/cars/..%2f..%2fetc",
        "/cars/" + "9" * 3000,
        "/cars/" + "x" * 2000,
        "/cars?format=xml",
        "/nothing",
        "/static/nothing.css",
        "/static/..%2f..%2fetc/passwd",
    ],
)
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def cursor(text: bytes) -> str:
    return b64encode(text).decode()


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "%FF",
        cursor(b"p=nonsense"),
        cursor(b"p=2026-01-01"),
        cursor(b"p=2026-01-01T00:00:00%2B00:00 no-uuid"),
        cursor(b"p=2026-01-01T00:00:00 " + NOBODY.encode()),
        cursor(b"p=%00"),
        cursor(b"p=0001-01-01T00:00:00%2B14:00 " + NOBODY.encode()),
        cursor(b"p=9999-12-31T23:59:59-14:00 " + NOBODY.encode()),
        cursor(b"p=2020-01-01T00:00:00%2B23:59:59.999999 " + NOBODY.encode()),
        cursor(b"o=1&r=1"),
        cursor(b"\xff\xff"),
    ],
)
def test_a_cursor_of_somebody_elses_making_is_404(client: Client, value: str) -> None:
    answer = client.get(f"/cars?cursor={value}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid cursor"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[(name, "soon") for name in ["year", "year_min", "year_max"]],
        *[("year", value) for value in ["9" * 30, "-1", "1.5", "NaN", "\0", "10000", "9" * 3000]],
        *[("make", value) for value in ["\0", "x" * 101]],
        *[("page_size", value) for value in ["0", "-1", "many", "1.5", "\0", "\u0664"]],
    ],
)
def test_a_filter_value_that_cannot_be_is_named(client: Client, name: str, value: str) -> None:
    answer = client.get("/cars", params={name: value})
    assert answer.status_code == 400, answer.text
    assert set(answer.json()) == {name}


@pytest.mark.parametrize(
    "header", ["Basic x", "Basic " + "=" * 10, "Bearer \xff", "Basic YTpi", "Basic YQBiOng="]
)
def test_nonsense_for_credentials_is_no_server_error(client: Client, header: str) -> None:
    answer = client.get("/cars", headers={"Authorization": header.encode("latin-1")})
    assert answer.status_code in {200, 401, 403}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "somebody.else"),
        ("Host", "\xff"),
        ("Host", "127.0.0.1:99999999"),
        ("Cookie", "sessionid=\x7f\xff; csrftoken=x"),
        ("Cookie", 'sessionid="aaaaaaaaaaaa\\000"'),
        *[("Content-Type", f"text/plain; charset={name}") for name in NO_CHARSETS],
        ("X-Forwarded-Host", "evil"),
        ("Content-Length", "-5"),
        ("Content-Length", "many"),
        ("Accept", "\xff"),
        ("Accept", "application/json;q=x"),
        ("Accept-Language", "\xff, x" * 50),
        ("X-Request-ID", "\xff"),
        ("If-Modified-Since", "never"),
    ],
)
def test_no_header_is_a_server_error(service: Service, name: str, value: str) -> None:
    """Written by hand: an HTTP library would refuse to send most of these."""
    head = f"GET {service.prefix}/cars?make=Vol%C3%A9 HTTP/1.1\r\n{name}: {value}\r\n"
    head += "Connection: close\r\n"
    if name != "Host":
        head += f"Host: 127.0.0.1:{service.port}\r\n"
    reply = raw(service, (head + "\r\n").encode("latin-1"))
    assert reply.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4", b"HTTP/1.0 2", b"HTTP/1.0 4")), reply


def raw(service: Service, request: bytes) -> bytes:
    address = urlsplit(service.url)
    assert address.hostname
    assert address.port
    connection = socket.create_connection((address.hostname, address.port), timeout=600)
    if service.certificate:
        context = ssl.create_default_context(cafile=str(service.certificate.ca))
        connection = context.wrap_socket(connection, server_hostname=address.hostname)
    with connection:
        connection.sendall(request)
        reply = b""
        while chunk := connection.recv(65536):
            reply += chunk
        return reply


def test_an_answer_has_an_id_of_its_own_whatever_was_sent(client: Client) -> None:
    sent = ["abc-123", "abc-123", "a b\tc"]
    given = [client.get("/cars", headers={"X-Request-ID": each}) for each in sent]
    assert len({answer.headers["X-Request-ID"] for answer in given} - set(sent)) == 3


@pytest.mark.parametrize("charset", NO_CHARSETS)
def test_the_charset_of_a_form_is_utf_8_whatever_it_says(client: Client, charset: str) -> None:
    answer = client.post(
        "/cars",
        data="make=%C5%A0koda&model=x-" + "abc" * 20_000 + "&year=2000",
        headers={"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"},
    )
    assert (answer.status_code, set(answer.json())) == (400, {"model"})


def test_too_many_parameters_are_refused(client: Client) -> None:
    query = "&".join(f"a{number}=1" for number in range(1200))
    answer = client.get(f"/cars?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]
