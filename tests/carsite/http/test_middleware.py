"""The id of a request: Lambda's or a new one, never the caller's."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from carsite.http.middleware import RequestIdMiddleware
from carsite.serverless import logs

LOG = "carsite.serverless.request_log.RequestLogMiddleware"


def test_a_request_has_lambdas_id_where_there_is_one() -> None:
    client = Client()
    answer = client.get("/schema", **{logs.REQUEST_ID: "lambdas"}, headers={"x-request-id": "own"})  # type: ignore[arg-type] # part of WSGI's environment
    assert answer["X-Request-ID"] == logs.request_id.get() == "lambdas"
    first, second = (client.get("/schema", headers={"x-request-id": "own"}) for _ in range(2))
    assert len({first["X-Request-ID"], second["X-Request-ID"], "own"}) == 3


@pytest.mark.parametrize(
    ("sent", "logged"),
    [("order-17.a_B", "order-17.a_B"), ("", None), ("a b", None), ("x" * 129, None)],
)
def test_the_callers_id_is_in_the_line_of_the_request(
    settings: Settings, caplog: pytest.LogCaptureFixture, sent: str, logged: Any
) -> None:
    settings.MIDDLEWARE = [
        f"{RequestIdMiddleware.__module__}.RequestIdMiddleware",
        LOG,
        *settings.MIDDLEWARE[1:],
    ]
    with caplog.at_level(logging.INFO, "carsite.request"):
        Client().get("/schema", headers={"x-request-id": sent})
    (record,) = [each for each in caplog.records if each.name == "carsite.request"]
    assert getattr(record, "client_request_id", None) == logged
