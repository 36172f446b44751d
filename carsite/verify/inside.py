"""The service asked from within its own process, as a gateway would ask it.

A function has no way to its own URL: it is in a VPC without one out.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from carsite.serverless.gateway import http_handler
from carsite.verify.client import Answer, Client
from carsite.wsgi import application

GATEWAYS_OWN = ".execute-api."
# What API Gateway answers to a path that is not below a stage.
REFUSED = {"statusCode": 403, "body": '{"message": "Forbidden"}'}


class InsideClient(Client):
    """Hands Django the events of a REST API that has the address `url`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        address = urlsplit(self.url)
        # Names of one's own lead to a stage without showing it.
        self._shows_stage = GATEWAYS_OWN in address.netloc
        self._stage = address.path.strip("/").partition("/")[0] if self._shows_stage else ""
        self._http = http_handler(application)

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        started = time.perf_counter()
        answer = self._handled(method, urlsplit(url), headers, body)
        seconds = time.perf_counter() - started
        return Answer(url, answer["statusCode"], _headers(answer), _body(answer), seconds)

    def _handled(
        self, method: str, address: SplitResult, headers: Mapping[str, str], body: bytes | None
    ) -> dict[str, Any]:
        path = address.path
        if self._shows_stage:
            stage, _, rest = path.removeprefix("/").partition("/")
            if not self._stage or stage != self._stage:
                return REFUSED
            path = f"/{rest}"
        query = parse_qs(address.query, keep_blank_values=True)
        sent = {**headers, "Host": address.netloc, "X-Forwarded-Proto": "https"}
        event = {
            "path": path or "/",
            "httpMethod": method,
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "requestContext": {
                "httpMethod": method,
                "path": address.path or "/",
                "protocol": "HTTP/1.1",
                "identity": {"sourceIp": "127.0.0.1"},
                "stage": self._stage,
            },
            "body": None if body is None else base64.b64encode(body).decode(),
            "isBase64Encoded": body is not None,
        }
        return self._http(event, None)


def _headers(answer: Mapping[str, Any]) -> Message:
    message = Message()
    for name, values in answer.get("multiValueHeaders", {}).items():
        for value in values:
            message[name] = value
    return message


def _body(answer: Mapping[str, Any]) -> bytes:
    text: str = answer["body"]
    return base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
