"""HTTP requests as the events that API Gateway and function URLs make of them.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
shows both payload formats; function URLs use the second.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

# REST API; HTTP API with payload format 2.0 and 1.0; function URL; load balancer without and with
# multi-value headers.
Kind = Literal["rest", "http", "http-1.0", "url", "alb", "alb-multi"]
Headers = Sequence[tuple[str, str]]

ACCOUNT = "123456789012"
SOURCE = "203.0.113.7"
TEXTS = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire; header values are Latin-1, as HTTP's are."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


def event(kind: Kind, request: Request, stage: str) -> dict[str, Any]:
    """The event that a gateway of this kind makes of the request."""
    request = Request(
        request.method, request.target, _forwarded(request.headers), request.body, request.id
    )
    if kind in {"rest", "http-1.0"}:
        made = _rest(request, stage)
        if kind == "http-1.0":
            # The same form, whose path has the stage in it.
            made |= {"version": "1.0", "path": unquote(request.path)}
        return made
    if kind in {"alb", "alb-multi"}:
        return _load_balancer(request, multi=kind == "alb-multi")
    return _http(request, kind, stage)


def _forwarded(headers: Headers) -> Headers:
    """What a gateway adds, in the place of what a client made up."""
    added = {
        "X-Forwarded-For": SOURCE,
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "443",
        "X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793",
    }
    names = {name.lower() for name in added}
    kept = [(name, value) for name, value in headers if name.lower() not in names]
    return [*kept, *added.items()]


def _rest(request: Request, stage: str) -> dict[str, Any]:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name, []).append(value)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True, errors="replace"):
        query.setdefault(name, []).append(value)
    path = request.path.removeprefix(f"/{stage}") or "/"
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": unquote(path[1:])},
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "a1b2c3d4e5",
            "resourcePath": "/{proxy+}",
            "httpMethod": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "stage": stage,
            "requestId": request.id,
            "domainName": request.header("host"),
            "identity": {"sourceIp": SOURCE, "userAgent": request.header("user-agent")},
        },
        # Zappa declares */* binary, so every body arrives like this.
        "body": base64.b64encode(request.body).decode() if request.body else None,
        "isBase64Encoded": bool(request.body),
    }


def _http(request: Request, kind: Kind, stage: str) -> dict[str, Any]:
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for name, value in request.headers:
        key = name.lower()
        if key == "cookie":
            cookies += value.split("; ")
        else:
            headers[key] = f"{headers[key]},{value}" if key in headers else value
    if kind == "url" and cookies:  # which has them twice: aws-lambda-web-adapter#121
        headers["cookie"] = "; ".join(cookies)
    body, encoded = _text_or_base64(request)
    # HTTP APIs decode the path; function URLs leave it as it came.
    path = unquote(request.path, errors="replace") if kind == "http" else request.path
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.query,
        **({"cookies": cookies} if cookies else {}),
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT if kind == "http" else "anonymous",
            "apiId": "f6g7h8i9j0",
            "domainName": request.header("host"),
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": SOURCE,
                "userAgent": request.header("user-agent"),
            },
            "requestId": request.id,
            "routeKey": "$default",
            "stage": stage if kind == "http" else "$default",
        },
        **({"body": body} if body else {}),
        "isBase64Encoded": encoded,
    }


def _load_balancer(request: Request, *, multi: bool) -> dict[str, Any]:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html"""
    rest = _rest(request, "")
    query: dict[str, list[str]] = {}
    for part in filter(None, request.query.split("&")):  # a load balancer decodes nothing
        name, _, value = part.partition("=")
        query.setdefault(name, []).append(value)
    many = {name.lower(): values for name, values in rest["multiValueHeaders"].items()}
    if multi:
        parts = {"multiValueHeaders": many, "multiValueQueryStringParameters": query}
    else:
        parts = {
            "headers": {name: values[-1] for name, values in many.items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()},
        }
    body, encoded = _text_or_base64(request)
    target = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/cars/6d0ecf831eec9f09"
    return {
        "requestContext": {"elb": {"targetGroupArn": target}},
        "httpMethod": request.method,
        "path": request.path,
        "body": body,
        "isBase64Encoded": encoded,
        **parts,
    }


def _text_or_base64(request: Request) -> tuple[str, bool]:
    if request.header("content-type").startswith(TEXTS):
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(request.body).decode(), bool(request.body)
