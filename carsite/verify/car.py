"""A car of its own: added through the API, once, and taken away through the admin.

The API has no DELETE, so this needs an administrator's name and password.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

from carsite.verify.checks import ABSENT, FOUND, HTML, OK, expect
from carsite.verify.client import Client, FailedError

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CREATED = 201


def check(client: Client, user: str, password: str) -> str:
    """Add a car twice with one key, read it, take it away; what was seen."""
    _log_in(client, user, password)
    key = str(uuid4())
    car = _add(client, key)
    try:
        if _add(client, key) != car:
            raise FailedError("the same Idempotency-Key gave two cars")
        expect(client.get(f"cars/{car}"), OK)
    finally:
        _submit(client, f"admin/cars/car/{car}/delete/", {"post": "yes"})
    expect(client.get(f"cars/{car}"), ABSENT, otherwise=f"the car {car} could not be taken away")
    return "added once, read, taken away"


def _log_in(client: Client, user: str, password: str) -> None:
    answer = _submit(client, "admin/login/", {"username": user, "password": password})
    if answer != FOUND:
        raise FailedError("the admin does not let VERIFY_USER in with VERIFY_PASSWORD")


def _add(client: Client, key: str) -> str:
    car = {"make": "Verify", "model": "Deployment", "year": datetime.now(UTC).year}
    headers = {
        **_sent_from(client, "cars", _token(client, "admin/cars/car/add/")),
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    answer = client.send("POST", "cars", headers, json.dumps(car).encode())
    return str(expect(answer, CREATED, OK).json()["id"])


def _submit(client: Client, reference: str, form: dict[str, str]) -> int:
    """Send a page's form back, filled in; the status."""
    token = _token(client, reference)
    headers = {
        **_sent_from(client, reference, token),
        "Accept": HTML,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode({"csrfmiddlewaretoken": token, **form}).encode()
    return client.send("POST", reference, headers, body).status


def _token(client: Client, page: str) -> str:
    found = TOKEN.search(client.get(page, HTML).text)
    if found is None:
        raise FailedError(f"{client.absolute(page)} shows no form")
    return found[1]


def _sent_from(client: Client, reference: str, token: str) -> dict[str, str]:
    return {
        "Origin": client.origin,
        "Referer": client.absolute(reference),
        "X-CSRFToken": token,
    }
