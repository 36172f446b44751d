"""Where a request was sent to, as its client sees it: host, scheme, and what precedes every path.

    https://a1b2c3.execute-api.us-east-1.amazonaws.com/regular/cars    the stage
    https://cars.example.com/api/cars                                  a custom domain's base path
    https://d111111abcdef8.cloudfront.net/cars                         PUBLIC_URL

All of them may lead to one function at the same time, so each event decides for itself.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from urllib.parse import SplitResult

from django.conf import settings
from django.urls import is_valid_path

from carsite.serverless.events import Event, header

# What AWS calls a gateway, in every partition.
OWN_NAME = re.compile(r"\.(execute-api|lambda-url)\.[a-z0-9-]+\.")


class Address(NamedTuple):
    """`prefix` comes before `path` in the client's URL; `public` replaces host and scheme."""

    prefix: str
    path: str
    public: SplitResult | None = None


def address(event: Event) -> Address:
    """The address of an HTTP event, whose `path` is as Django's URLs have it."""
    path, stage = _below_the_stage(event)
    public = settings.PUBLIC_URL
    if public and _is_public(event, public):
        return Address(public.path, _without(path, public.path), public)
    configured = settings.SCRIPT_NAME
    # A base path belongs to a custom domain; a gateway's own name knows nothing of it.
    if configured is None or (configured and OWN_NAME.search(header(event, "host"))):
        return Address(stage, path)
    return Address(configured, _without(path, configured))


def _below_the_stage(event: Event) -> tuple[str, str]:
    """The path without the stage, and the stage where the client sees it: `/regular` or ""."""
    client_path, path = _client_path(event), event.get("rawPath", event.get("path"))
    stage = event["requestContext"].get("stage")
    prefix = f"/{stage}"
    visible = stage and (client_path == prefix or client_path.startswith(f"{prefix}/"))
    # A REST API has taken its stage off already.
    if visible and path == client_path:
        path = path.removeprefix(prefix)
    return path or "/", prefix if visible else ""


def _client_path(event: Event) -> str:
    """REST APIs have it in requestContext, HTTP APIs and function URLs in rawPath."""
    path: str = event.get("rawPath") or event["requestContext"].get("path") or event["path"]
    return path


def _is_public(event: Event, public: SplitResult) -> bool:
    """Whether the client called PUBLIC_URL: by its name, or through CloudFront.

    CloudFront calls the gateway by the gateway's name and signs with `Via`. Who forges that is
    given links to the public address, and nothing else.
    """
    names = {header(event, "host").lower(), header(event, "x-forwarded-host").lower()}
    return public.netloc in names or "(CloudFront)" in header(event, "via")


def _without(path: str, prefix: str) -> str:
    """The path below the prefix: `/api` and `/api/` are the root below `/api`.

    A prefix that is a route itself, such as `/cars`, may have been taken off on the way here, by a
    function of CloudFront for example. Then the path is as it should be.
    """
    if path != prefix and not path.startswith(f"{prefix}/"):
        return path
    below = path.removeprefix(prefix) or "/"
    if _is_route(prefix) and is_valid_path(path) and (below == "/" or not is_valid_path(below)):
        return path
    return below


@cache
def _is_route(prefix: str) -> bool:
    return any(is_valid_path(path) for path in (prefix, f"{prefix}/") if prefix)
