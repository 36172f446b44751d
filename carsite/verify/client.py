"""A client of one service: the standard library's, with cookies and without redirects."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    HTTPSHandler,
    Request,
    build_opener,
)

import certifi

TIMEOUT_SECONDS = 60  # API Gateway gives up after 29


class FailedError(Exception):
    """What is wrong, and what to do about it."""


@dataclass(frozen=True)
class Answer:
    """One answer; `seconds` went by between sending the request and having read it whole."""

    url: str
    status: int
    headers: Message
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """Raises FailedError for what is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise FailedError(f"{self.url} answers {self.status} without JSON") from error


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Client:
    """Sends requests below `url`; how, a subclass says in `_answer`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def absolute(self, reference: str) -> str:
        """`cars` is below the service; `/cars`, as in a link, is at the top of its host."""
        return urljoin(f"{self.url}/", reference)

    @property
    def origin(self) -> str:
        return "{0.scheme}://{0.netloc}".format(urlsplit(self.url))

    def get(self, reference: str, accept: str = "application/json") -> Answer:
        return self.send("GET", reference, {"Accept": accept})

    def send(
        self,
        method: str,
        reference: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Raises FailedError without an answer; a status of an error is an answer."""
        return self._answer(method, self.absolute(reference), headers or {}, body)

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        raise NotImplementedError


class HttpClient(Client):
    """Over the network, with the cookies that earlier answers set."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        # Python's own roots are empty on some systems; SSL_CERT_FILE adds a company's.
        trusted = ssl.create_default_context()
        trusted.load_verify_locations(certifi.where())
        self._opener = build_opener(
            HTTPSHandler(context=trusted), HTTPCookieProcessor(), _NoRedirects()
        )

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - whose URL it is
        started = time.perf_counter()
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return self._read(url, answer, started)
        except HTTPError as error:
            with error:
                return self._read(url, error, started)
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise FailedError(f"no answer from {url}: {reason}. Compare the URL") from error

    def _read(self, url: str, answer: Any, started: float) -> Answer:
        body = answer.read()
        seconds = time.perf_counter() - started
        return Answer(url, answer.status, answer.headers, body, seconds)
