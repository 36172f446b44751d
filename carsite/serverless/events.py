"""What an event from a gateway says about its request, and what it leaves open.

Three services write three forms: REST APIs and load balancers format 1.0, HTTP APIs and function
URLs format 2.0. https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html and
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html show them.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http.request import validate_host

Event = dict[str, Any]

# Fields that hold one value (RFC 9110), where a client or a proxy repeated them. A list of values
# joined by a comma would be neither value; the last one is what REST APIs put into `headers`.
SINGLE_VALUES = {
    "authorization",
    "content-length",
    "content-type",
    "date",
    "from",
    "host",
    "idempotency-client",
    "idempotency-key",
    "if-modified-since",
    "if-range",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "range",
    "referer",
    "user-agent",
    "x-csrftoken",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-request-id",
}


def is_http(event: Any) -> bool:
    """Whether this is a request through a gateway, a function URL or a load balancer.

    Nothing that a client sends decides this: gateways write the keys, clients only fill values.
    """
    context = event.get("requestContext") if isinstance(event, dict) else None
    return isinstance(context, dict) and ("httpMethod" in event or "http" in context)


def is_from_load_balancer(event: Event) -> bool:
    return "elb" in event["requestContext"]


def client_address(event: Event) -> str:
    """Who called the gateway, by its own word; "" where it does not say.

    Clients write the beginning of X-Forwarded-For. A load balancer, which says it nowhere else,
    appends to that.
    """
    context = event["requestContext"]
    if is_from_load_balancer(event):
        return header(event, "x-forwarded-for").rpartition(",")[2].strip()
    said = context.get("http") or context.get("identity") or {}
    return str(said.get("sourceIp") or "")


def header(event: Event, name: str) -> str:
    """The value of a header, the last one where it is repeated, "" where it is missing."""
    for key, value in (event.get("headers") or {}).items():
        if key.lower() == name and value:
            return str(value)
    for key, values in (event.get("multiValueHeaders") or {}).items():
        if key.lower() == name and values:
            return str(values[-1])
    return ""


def completed(event: Event) -> Event:
    """The event with headers and query as apig-wsgi puts them into WSGI's environment.

    Each header is one string, Host is there where the sender gave none, and text beyond ASCII is in
    the characters of Latin-1 that PEP 3333 has for bytes.
    """
    changed: Event = {}
    lists, headers = event.get("multiValueHeaders"), event.get("headers") or {}
    if lists:
        changed["multiValueHeaders"] = {
            name: values
            if len(values) == 1 and values[0].isascii()
            else [as_bytes(_joined(name.lower(), values))]
            for name, values in lists.items()
            if values
        }
    else:
        cookies = event.get("cookies")
        if cookies:
            changed["cookies"] = [as_bytes(cookie) for cookie in cookies]
        changed["headers"] = {
            name: value if value.isascii() else as_bytes(value)
            for name, value in headers.items()
            # Function URLs have them here as well; both would be one header of twice the size.
            if not (cookies and name == "cookie")
        }
    if "rawQueryString" in event:
        changed["rawQueryString"] = as_bytes(event["rawQueryString"])
    complete = {**event, **changed}
    return complete if header(event, "host") else _with_host(complete)


def as_bytes(text: str) -> str:
    """Bytes as PEP 3333 wants them, each as a character of Latin-1. Events hold any text."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def _joined(name: str, values: list[str]) -> str:
    # HTTP/2 lets a browser send a field for each cookie (RFC 9113, 8.2.3; zappa#1466).
    if name == "cookie":
        return "; ".join(values)
    return values[-1] if name in SINGLE_VALUES else ",".join(values)


def _with_host(event: Event) -> Event:
    """AWS's own requests have no Host: a console's Test, a load balancer's health check.

    Clients cannot leave it out, so nobody gains a name or a scheme by it.
    """
    added = {"host": _own_name(event), "x-forwarded-proto": "https"}
    if "multiValueHeaders" in event:
        many = event["multiValueHeaders"] or {}
        lists = {name: [value] for name, value in added.items()}
        return {**event, "multiValueHeaders": {**many, **lists}}
    return {**event, "headers": {**event["headers"], **added}}


def _own_name(event: Event) -> str:
    """The name that the event gives its gateway, or else the first one that is allowed."""
    name: str = event["requestContext"].get("domainName") or ""
    if name and validate_host(name, settings.ALLOWED_HOSTS):
        return name
    for allowed in settings.ALLOWED_HOSTS:
        return "localhost" if allowed == "*" else str(allowed).lstrip(".")
    return name
