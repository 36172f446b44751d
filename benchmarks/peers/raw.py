"""The floor: psycopg2 and orjson in a bare handler."""

from __future__ import annotations

import base64
from typing import Any

import orjson

from benchmarks.peers import plain


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    method, path = event["httpMethod"], event["path"]
    if path == "/cars" and method == "GET":
        context = event["requestContext"]
        try:
            page = plain.list_cars(
                event["queryStringParameters"] or {},
                f"https://{context['domainName']}{context['path']}",
            )
        except ValueError:
            return _answer(400, {"detail": "Bad query."})
        return _answer(200, page)
    if path == "/cars" and method == "POST":
        try:
            given = orjson.loads(_body(event))
        except orjson.JSONDecodeError:
            return _answer(400, {"detail": "Bad JSON."})
        return _answer(*plain.add_car(given))
    if path.startswith("/cars/") and method == "GET":
        car = plain.get_car(path.removeprefix("/cars/"))
        return _answer(200, car) if car else _answer(404, {"detail": "Not found."})
    return _answer(404, {"detail": "Not found."})


def _body(event: dict[str, Any]) -> bytes:
    body = event["body"] or ""
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


def _answer(status: int, data: Any) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": plain.JSON,
        "body": plain.encode(data),
        "isBase64Encoded": False,
    }
