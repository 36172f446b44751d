"""HTTP events of API Gateway, function URLs and load balancers, as requests to Django.

apig-wsgi does the translation. What it leaves open is settled here: which part of the path Django
does not know (carsite.serverless.addresses), how the text of an event becomes the byte strings of
WSGI (carsite.serverless.events), and which id a request has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication

from apig_wsgi import make_lambda_handler

from carsite.serverless.addresses import Address, address
from carsite.serverless.events import Event, client_address, completed, is_from_load_balancer
from carsite.serverless.logs import REQUEST_ID

Handler = Callable[[Event, Any], Event]

# Every character that a path may hold as it is (RFC 3986), and "%" for those already encoded.
PATH_CHARACTERS = "/:@!$&'()*+,;=~%"
# Where WSGI keeps the form of the event, for middleware that depends on it.
PAYLOAD = "carsite.payload"


def http_handler(application: WSGIApplication) -> Handler:
    """A function from HTTP events, payload format 1.0 or 2.0, to their answers."""

    def for_django(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        event, context = environ["apig_wsgi.full_event"], environ["apig_wsgi.context"]
        _place(environ, event["carsite.address"])
        environ[PAYLOAD] = form = payload(event)
        environ["REMOTE_ADDR"] = client_address(event)
        # Lambda's own id of this invocation, the one in its START and REPORT lines.
        environ[REQUEST_ID] = getattr(context, "aws_request_id", "")
        if "multiValueHeaders" not in event and form == "alb":
            start_response = _each_cookie_apart(start_response)
        answer = application(environ, start_response)
        return _without_body(answer) if environ["REQUEST_METHOD"] == "HEAD" else answer

    # Without binary support an answer that is compressed, or an image, would be mangled.
    translate = make_lambda_handler(for_django, binary_support=True)
    return lambda event, context: translate(_prepared(event), context)


def payload(event: Event) -> str:
    """The form of an HTTP event: "rest", "1.0" or "2.0" (HTTP APIs, function URLs), or "alb"."""
    return "alb" if is_from_load_balancer(event) else str(event.get("version", "rest"))


def _prepared(event: Event) -> Event:
    """The event with the path that Django's URLs have, encoded as apig-wsgi expects it.

    HTTP APIs decode the path, and Latin-1 would not hold it all.
    """
    event = completed(event)
    where = address(event)
    path = where.path
    if not path.isascii():
        path = quote(path, safe=PATH_CHARACTERS, errors="replace")
    event["rawPath" if "rawPath" in event else "path"] = path
    event["carsite.address"] = where
    return event


def _place(environ: dict[str, Any], where: Address) -> None:
    """Tell Django where the client believes to be: its links and redirects begin there."""
    environ["SCRIPT_NAME"] = where.prefix
    if where.public:
        environ["HTTP_HOST"] = environ["SERVER_NAME"] = where.public.netloc
        environ["HTTP_X_FORWARDED_PROTO"] = where.public.scheme


def _without_body(answer: Iterable[bytes]) -> Iterable[bytes]:
    """What other servers do for HEAD (RFC 9110, 9.3.2) and neither Lambda nor Django does."""
    if close := getattr(answer, "close", None):
        close()
    return []


def _each_cookie_apart(start_response: StartResponse) -> StartResponse:
    """Give each Set-Cookie a spelling of its own, since a dictionary holds one value for a name.

    That is all that a load balancer without multi-value headers takes. HTTP ignores case.
    """
    spellings = map("".join, product(*({c, c.swapcase()} for c in "set-cookie")))

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        named = [
            (next(spellings) if name.lower() == "set-cookie" else name, value)
            for name, value in headers
        ]
        return start_response(status, named, *error)

    return start
