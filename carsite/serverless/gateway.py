"""HTTP events of API Gateway and function URLs, as requests to Django.

apig-wsgi does the translation. What it leaves open is settled here: which part of the path is the
stage, how the text of an event becomes the byte strings of WSGI, and which id a request has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication

from apig_wsgi import make_lambda_handler
from django.conf import settings

Event = dict[str, Any]
Handler = Callable[[Event, Any], Event]

# Every character that a path may hold as it is (RFC 3986), and "%" for those already encoded.
PATH_CHARACTERS = "/:@!$&'()*+,;=~%"


def is_http(event: Event) -> bool:
    """Whether this is a request through a gateway (REST or HTTP API) or a function URL.

    Nothing that a client sends decides this: gateways write the keys, clients only fill values.
    """
    context = event.get("requestContext")
    return isinstance(context, dict) and ("httpMethod" in event or "http" in context)


def http_handler(application: WSGIApplication) -> Handler:
    """A function from HTTP events, payload format 1.0 or 2.0, to their answers."""

    def for_django(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        event, context = environ["apig_wsgi.full_event"], environ["apig_wsgi.context"]
        _mend(environ)
        environ["SCRIPT_NAME"] = event["stage_prefix"]
        # Lambda's own id of this invocation, the one in its START and REPORT lines.
        environ.setdefault("HTTP_X_REQUEST_ID", getattr(context, "aws_request_id", ""))
        return application(environ, start_response)

    # Without binary support an answer that is compressed, or an image, would be mangled.
    translate = make_lambda_handler(for_django, binary_support=True)
    return lambda event, context: translate(_below_the_stage(event), context)


def stage_prefix(event: Event) -> str:
    """`/regular` where a client sees the stage in its URL; "" on custom domains and function URLs.

    REST APIs have the client's path in requestContext, HTTP APIs and function URLs in rawPath.
    """
    stage = event["requestContext"].get("stage")
    prefix = f"/{stage}"
    path = _client_path(event)
    return prefix if stage and (path == prefix or path.startswith(f"{prefix}/")) else ""


def _client_path(event: Event) -> str:
    path: str = event.get("rawPath") or event["requestContext"].get("path") or event["path"]
    return path


def _below_the_stage(event: Event) -> Event:
    """The event with `stage_prefix`, and with a path without it, as Django's URLs have it."""
    key = "rawPath" if "rawPath" in event else "path"
    path: str = event[key]
    prefix = stage_prefix(event)
    # A REST API has taken its stage off already.
    if path == _client_path(event):
        path = path.removeprefix(prefix)
    configured = settings.FORCE_SCRIPT_NAME
    if configured and path.startswith(f"{configured}/"):
        path = path.removeprefix(configured)
    # HTTP APIs decode the path; apig-wsgi expects it encoded, and Latin-1 would not hold it all.
    path = quote(path or "/", safe=PATH_CHARACTERS, errors="replace")
    return {**event, key: path, "stage_prefix": prefix}


def _mend(environ: dict[str, Any]) -> None:
    """Headers and query as PEP 3333 wants them: Latin-1 for bytes. Events hold any text."""
    for name, value in environ.items():
        if name.startswith(("HTTP_", "CONTENT_", "QUERY_")) and not value.isascii():
            environ[name] = value.encode("utf-8", "replace").decode("latin-1")
