"""Events of every gateway, translated: what Django is told of the request, what the client gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from django.test import override_settings

from carsite.serverless.gateway import http_handler
from carsite.settings.environment import public_url
from tests.rig.events import SOURCE, Headers, Kind, Request, event

STAGE = "regular"
OWN = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
KINDS: tuple[Kind, ...] = get_args(Kind)
CONTEXT = SimpleNamespace(aws_request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef")


def answer_with(*headers: tuple[str, str]) -> Callable[..., Iterable[bytes]]:
    """An application that answers with these headers and what it was told."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json"), *headers])
        told = {name: value for name, value in environ.items() if isinstance(value, str)}
        return [json.dumps(told).encode()]

    return application


def told(sent: dict[str, Any], **settings: Any) -> dict[str, str]:
    """What an application is told of this event."""
    defaults = {"ALLOWED_HOSTS": [f".{OWN.partition('.')[2]}"], "SCRIPT_NAME": None}
    with override_settings(**{**defaults, "PUBLIC_URL": None, **settings}):
        answer = http_handler(answer_with())(sent, CONTEXT)
    parsed: dict[str, str] = json.loads(answer["body"])
    return parsed


def get(kind: Kind, path: str, *headers: tuple[str, str], host: str = OWN) -> dict[str, Any]:
    staged = "" if kind in {"url", "alb", "alb-multi"} or host != OWN else f"/{STAGE}"
    return event(kind, Request("GET", staged + path, [("Host", host), *headers]), STAGE)


@pytest.mark.parametrize("kind", KINDS)
def test_cookies_that_a_browser_sent_apart_are_one_header(kind: Kind) -> None:
    """HTTP/2 lets it: zappa#1466. A load balancer without multi-value headers joins them itself."""
    cookies = [("Cookie", "csrftoken=A"), ("Cookie", "sessionid=B")]
    if kind == "alb":
        cookies = [("Cookie", "csrftoken=A; sessionid=B")]
    given = told(get(kind, "/cars", *cookies))["HTTP_COOKIE"]
    assert [part.strip() for part in given.split(";") if part] == ["csrftoken=A", "sessionid=B"]


@pytest.mark.parametrize("kind", ["rest", "http-1.0", "alb-multi"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Authorization", "two"),
        ("If-Modified-Since", "two"),
        ("User-Agent", "two"),
        ("Accept", "one,two"),
        ("If-None-Match", "one,two"),
    ],
)
def test_only_headers_that_are_lists_are_joined(kind: Kind, name: str, expected: str) -> None:
    given = told(get(kind, "/cars", (name, "one"), (name, "two")))
    assert given[f"HTTP_{name.upper().replace('-', '_')}"] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_lambdas_id_is_not_replaced_by_the_clients(kind: Kind) -> None:
    given = told(get(kind, "/cars", ("X-Request-ID", "the-clients")))
    assert given["carsite.request_id"] == CONTEXT.aws_request_id
    assert given["HTTP_X_REQUEST_ID"] == "the-clients"
    assert "HTTP_X_REQUEST_ID" not in told(get(kind, "/cars"))


@pytest.mark.parametrize("kind", KINDS)
def test_text_beyond_ascii_is_wsgis_bytes(kind: Kind) -> None:
    """Each a character of Latin-1 (PEP 3333), half a character a question mark."""
    sent = get(kind, "/cars", ("X-Make", "to be replaced"), ("Cookie", "make=to be replaced"))
    text = json.dumps(sent).replace("to be replaced", "\u0160koda \ud800")
    # X-Forwarded-Proto, which a gateway gives.
    text = text.replace('"https"', '"\u0160koda \ud800"')
    for key in ("path", "rawPath"):
        text = text.replace(
            f'"{key}": "{sent.get(key)}"', f'"{key}": "{sent.get(key)}/\u0160 a%20b"'
        )
    given = told(json.loads(text))
    bytes_of = "Škoda ?".encode().decode("latin-1")
    assert given["HTTP_X_MAKE"] == given["wsgi.url_scheme"] == bytes_of
    assert given["HTTP_COOKIE"].strip("; ") == f"make={bytes_of}"
    assert given["PATH_INFO"] == "/cars/" + "Š a b".encode().decode("latin-1")


@pytest.mark.parametrize("kind", KINDS)
def test_what_else_a_gateway_says_is_in_the_environment(kind: Kind) -> None:
    """As docs/deploy.md has it, for what an authorizer found out."""
    given: list[Any] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        given.append(environ["apig_wsgi.request_context"])
        return answer_with()(environ, start_response)

    sent = get(kind, "/cars")
    with override_settings(ALLOWED_HOSTS=["*"], SCRIPT_NAME=None, PUBLIC_URL=None):
        http_handler(application)(sent, CONTEXT)
    assert given == [sent["requestContext"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_of_a_client_is_the_gateways_word_for_it(kind: Kind) -> None:
    sent = get(kind, "/cars")
    headers, many = sent.get("headers", {}), sent.get("multiValueHeaders", {})
    for name in {*headers, *many}:
        if name.lower() == "x-forwarded-for":
            if name in headers:
                headers[name] = f"198.51.100.66, {headers[name]}"
            if name in many:
                many[name] = [f"198.51.100.66, {many[name][0]}"]
    assert told(sent)["REMOTE_ADDR"] == SOURCE


@pytest.mark.parametrize("kind", ["rest", "http-1.0", "alb", "alb-multi"])
def test_an_event_without_an_address_has_none(kind: Kind) -> None:
    sent = get(kind, "/cars")
    sent["headers"] = {"host": OWN}
    sent.pop("multiValueHeaders", None)
    sent["requestContext"].pop("identity", None)
    assert not told(sent)["REMOTE_ADDR"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_is_below_the_stage_and_the_stage_before_it(kind: Kind) -> None:
    given = told(get(kind, "/cars/1"))
    stage = "" if kind in {"url", "alb", "alb-multi"} else f"/{STAGE}"
    assert (given["SCRIPT_NAME"], given["PATH_INFO"]) == (stage, "/cars/1")


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_without_a_host_is_for_the_gateways_own_name(kind: Kind) -> None:
    """A console's Test and a load balancer's health check have none, and no scheme either."""
    sent = get(kind, "/health")
    for headers in (sent.get("headers") or {}, sent.get("multiValueHeaders") or {}):
        for name in [name for name in headers if name.lower() in {"host", "x-forwarded-proto"}]:
            del headers[name]
    given = told(sent)
    own = OWN.partition(".")[2] if kind.startswith("alb") else OWN
    assert (given["HTTP_HOST"], given["HTTP_X_FORWARDED_PROTO"]) == (own, "https")


def test_a_name_that_is_not_allowed_is_not_taken_from_the_event() -> None:
    sent = get("rest", "/health")
    sent |= {"headers": None, "multiValueHeaders": None}
    sent["requestContext"]["domainName"] = "testPrefix.testDomainName"
    assert told(sent)["HTTP_HOST"] == OWN.partition(".")[2]


def test_where_every_name_is_allowed_a_request_without_one_has_a_valid_name() -> None:
    sent = get("http", "/health")
    del sent["headers"]["host"], sent["requestContext"]["domainName"]
    assert told(sent, ALLOWED_HOSTS=["*"])["HTTP_HOST"] == "localhost"


@pytest.mark.parametrize("kind", KINDS)
def test_head_is_answered_without_a_body(kind: Kind) -> None:
    closed: list[bool] = []

    class Answer(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return Answer([environ["REQUEST_METHOD"].encode()])

    for method, body in (("GET", "GET"), ("HEAD", "")):
        sent = event(kind, Request(method, "/cars", [("Host", OWN)]), STAGE)
        with override_settings(ALLOWED_HOSTS=["*"], SCRIPT_NAME=None, PUBLIC_URL=None):
            assert http_handler(application)(sent, CONTEXT)["body"] == body
    assert closed == [True, True]


@pytest.mark.parametrize("kind", KINDS)
def test_every_cookie_that_is_set_arrives(kind: Kind) -> None:
    application = answer_with(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Set-Cookie", "c=3"))
    with override_settings(ALLOWED_HOSTS=["*"], SCRIPT_NAME=None, PUBLIC_URL=None):
        answer = http_handler(application)(get(kind, "/cars"), CONTEXT)
    single = [
        value
        for name, value in (answer.get("headers") or {}).items()
        if name.lower() == "set-cookie"
    ]
    many = (answer.get("multiValueHeaders") or {}).get("Set-Cookie", [])
    assert sorted([*single, *many, *answer.get("cookies", [])]) == ["a=1", "b=2", "c=3"]


CUSTOM = "cars.example.com"


@pytest.mark.parametrize("kind", ["rest", "http", "http-1.0"])
@pytest.mark.parametrize(
    ("path", "below"),
    [("/api/cars", "/cars"), ("/api", "/"), ("/api/", "/"), ("/apiary", "/apiary")],
)
def test_a_base_path_and_the_stage_work_at_the_same_time(kind: Kind, path: str, below: str) -> None:
    given = told(get(kind, path, host=CUSTOM), SCRIPT_NAME="/api")
    assert (given["SCRIPT_NAME"], given["PATH_INFO"]) == ("/api", below)
    given = told(get(kind, "/cars"), SCRIPT_NAME="/api")
    assert (given["SCRIPT_NAME"], given["PATH_INFO"]) == (f"/{STAGE}", "/cars")


@pytest.mark.parametrize("kind", ["rest", "http", "http-1.0", "url"])
def test_a_base_path_that_looks_like_a_route_does_not_eat_it(kind: Kind) -> None:
    host = "abcdef.lambda-url.us-east-1.on.aws" if kind == "url" else OWN
    assert told(get(kind, "/cars", host=host), SCRIPT_NAME="/cars")["PATH_INFO"] == "/cars"
    given = told(get(kind, "/cars/cars/1", host=CUSTOM), SCRIPT_NAME="/cars")
    assert (given["SCRIPT_NAME"], given["PATH_INFO"]) == ("/cars", "/cars/1")


@pytest.mark.parametrize("kind", ["rest", "http", "http-1.0", "url"])
@pytest.mark.parametrize("path", ["/cars", "/cars/0190a000", "/docs", "/admin/cars/car/"])
def test_a_base_path_may_have_been_taken_off_on_the_way(kind: Kind, path: str) -> None:
    for prefix in ("/cars", "/docs", "/api"):
        for sent in (path, f"{prefix}{path}"):
            public = public_url(Environment(PUBLIC_URL=f"https://{CUSTOM}{prefix}"), "PUBLIC_URL")
            for settings in ({"SCRIPT_NAME": prefix}, {"PUBLIC_URL": public}):
                given = told(get(kind, sent, host=CUSTOM), **settings)
                assert (given["SCRIPT_NAME"], given["PATH_INFO"]) == (prefix, path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("given", "prefix"),
    [("https://www.example.com", ""), ("https://www.example.com/shop/", "/shop")],
)
@pytest.mark.parametrize(
    "trace",
    [
        ("Via", "2.0 3e1c.cloudfront.net (CloudFront)"),
        ("X-Forwarded-Host", "www.example.com"),
        ("Host", "www.example.com"),
    ],
)
def test_links_lead_to_the_public_url(
    kind: Kind, given: str, prefix: str, trace: tuple[str, str]
) -> None:
    public = public_url(Environment(PUBLIC_URL=given), "PUBLIC_URL")
    sent = get(kind, "/cars", host=trace[1]) if trace[0] == "Host" else get(kind, "/cars", trace)
    found = told(sent, PUBLIC_URL=public)
    assert (found["HTTP_HOST"], found["SCRIPT_NAME"]) == ("www.example.com", prefix)
    assert found["PATH_INFO"] == "/cars"


@pytest.mark.parametrize("kind", KINDS)
def test_the_public_url_is_trusted_only_when_set(kind: Kind) -> None:
    traces: Headers = [
        ("Via", "2.0 3e1c.cloudfront.net (CloudFront)"),
        ("X-Forwarded-Host", "evil.example.com"),
    ]
    assert told(get(kind, "/cars", *traces))["HTTP_HOST"] == OWN


class Environment(dict[str, str]):
    """As much of environ.Env as reading a variable needs."""

    def __init__(self, **variables: str) -> None:
        super().__init__(variables)

    def __call__(self, name: str, default: str) -> str:
        return self.get(name, default)
