"""What the handler answers behind every gateway, as far as no database is asked."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.rig.events import Kind, Request, event
from tests.rig.services import deployed

KINDS: tuple[Kind, ...] = get_args(Kind)
HOST = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
ELSEWHERE = "https://app.example.com"
# Nothing listens there: what asks the database is answered 503, and nothing here should.
UNREACHABLE = "postgresql://nobody:x@127.0.0.1:9/none?sslmode=disable"
HANDLE = """
import json, sys
from types import SimpleNamespace
from carsite.lambda_handler import handler
context = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000, aws_request_id="lambdas-id")
print(json.dumps([handler(event, context) for event in json.load(sys.stdin)]))
"""


def answers(root: Path, sent: list[dict[str, Any]], **variables: str) -> list[dict[str, Any]]:
    """The handler's answers to these events, one after the other, in a process of its own."""
    environment = deployed("regular", UNREACHABLE) | {
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "cars-regular",
        "ALLOWED_HOSTS": HOST,
        "LOG_STREAM": "stderr",
    }
    done = subprocess.run(
        [sys.executable, "-c", HANDLE],
        cwd=root,
        env=environment | variables,
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def request(kind: Kind, method: str, path: str, *headers: tuple[str, str]) -> dict[str, Any]:
    staged = path if kind in {"url", "alb", "alb-multi"} else f"/regular{path}"
    return event(kind, Request(method, staged, [("Host", HOST), *headers]), "regular")


def headers_of(answer: dict[str, Any]) -> dict[str, str]:
    flat = {name.lower(): value for name, value in (answer.get("headers") or {}).items()}
    many = (answer.get("multiValueHeaders") or {}).items()
    return flat | {name.lower(): ", ".join(values) for name, values in many}


def test_json_is_compressed_where_the_gateway_does_not(root: Path) -> None:
    asked = [request(kind, "GET", "/schema", ("Accept-Encoding", "gzip")) for kind in KINDS]
    for kind, answer in zip(KINDS, answers(root, asked), strict=True):
        headers = headers_of(answer)
        assert answer["statusCode"] == 200
        if kind == "rest":  # by payload_minimum_compression_size
            assert "content-encoding" not in headers
        else:
            assert (headers["content-encoding"], headers["vary"]) == ("gzip", "Accept-Encoding")
            assert json.loads(gzip.decompress(base64.b64decode(answer["body"])))["openapi"]


def test_without_being_asked_nothing_is_compressed(root: Path) -> None:
    for answer in answers(root, [request(kind, "GET", "/schema") for kind in KINDS]):
        assert "content-encoding" not in headers_of(answer)


PREFLIGHT = (
    ("Origin", ELSEWHERE),
    ("Access-Control-Request-Method", "POST"),
    ("Access-Control-Request-Headers", "content-type,idempotency-key"),
)


def test_a_preflight_is_answered_behind_every_gateway(root: Path) -> None:
    asked = [request(kind, "OPTIONS", "/cars", *PREFLIGHT) for kind in KINDS]
    for answer in answers(root, asked, CORS_ALLOWED_ORIGINS=ELSEWHERE):
        headers = headers_of(answer)
        assert answer["statusCode"] == 200
        assert headers["access-control-allow-origin"] == ELSEWHERE
        assert "POST" in headers["access-control-allow-methods"]
        assert "idempotency-key" in headers["access-control-allow-headers"]
        assert "access-control-allow-credentials" not in headers


def test_an_error_can_be_read_by_a_script_of_an_allowed_origin(root: Path) -> None:
    bad = request("http", "GET", "/cars?make=%00", ("Origin", ELSEWHERE))
    (answer,) = answers(root, [bad], CORS_ALLOWED_ORIGINS=ELSEWHERE)
    assert answer["statusCode"] == 400
    assert headers_of(answer)["access-control-allow-origin"] == ELSEWHERE


@pytest.mark.parametrize("allowed", ["", "https://other.example.com"])
def test_no_other_origin_is_allowed(root: Path, allowed: str) -> None:
    asked = [request(kind, "OPTIONS", "/cars", *PREFLIGHT) for kind in KINDS]
    for answer in answers(root, asked, CORS_ALLOWED_ORIGINS=allowed):
        assert "access-control-allow-origin" not in headers_of(answer)


def test_requests_of_aws_itself_have_no_host_and_are_answered(root: Path) -> None:
    """A console's Test and a load balancer's health check."""
    asked = [request(kind, "GET", "/schema") for kind in KINDS]
    for sent in asked:
        for headers in (sent.get("headers") or {}, sent.get("multiValueHeaders") or {}):
            for name in list(headers):
                if name.lower() in {"host", "x-forwarded-proto"}:
                    del headers[name]
    assert {answer["statusCode"] for answer in answers(root, asked)} == {200}


def test_redirects_lead_to_the_public_url(root: Path) -> None:
    via = ("Via", "2.0 3e1c.cloudfront.net (CloudFront)")
    asked = [request(kind, "GET", "/", via) for kind in KINDS]
    for answer in answers(root, asked, PUBLIC_URL="https://www.example.com/shop"):
        assert (answer["statusCode"], headers_of(answer)["location"]) == (302, "/shop/cars")
