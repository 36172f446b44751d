"""The requests, as the events that a REST API makes of them."""

from __future__ import annotations

import itertools
import json
from typing import Any
from urllib.parse import urlencode

from tests.rig.events import Request, event

STAGE = "regular"
HEADERS = [
    ("Host", "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", "python-requests/2.34.2"),
]
_numbers = itertools.count(1)


def get(path: str, headers: list[tuple[str, str]] | None = None, **query: object) -> dict[str, Any]:
    """GET of a path below the stage."""
    target = f"/{STAGE}{path}" + (f"?{urlencode(query)}" if query else "")
    return event("rest", Request("GET", target, headers or HEADERS), STAGE)


def post(body: Any) -> dict[str, Any]:
    """POST /cars."""
    headers = [*HEADERS, ("Content-Type", "application/json")]
    request = Request("POST", f"/{STAGE}/cars", headers, json.dumps(body).encode())
    return event("rest", request, STAGE)


def new_car() -> dict[str, Any]:
    """A car that nobody has added yet."""
    return {
        "make": "Alfa Romeo",
        "model": "Giulia",
        "year": 2019,
        "vin": f"NEW{next(_numbers):014}",
        "color": "red",
        "mileage": 48210,
    }
