"""What a function does in its init phase, before anybody asks."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from carsite.serverless import init_phase, request_log
from tests.rig.events import Request, event
from tests.rig.front_door import FrontDoor
from tests.rig.lambda_runtime import Function
from tests.rig.services import Rig, deployed, iam_door

pytestmark = pytest.mark.xdist_group("functions")

HOST = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
CARS = event("rest", Request("GET", "/dsql/cars", [("Host", HOST)]), "dsql")
# Of Django alone, and asks no database.
WEB = event("rest", Request("GET", "/dsql/schema", [("Host", HOST)]), "dsql")
# On a machine that does other work, connecting may take longer than the init phase waits for it.
ATTEMPTS = 20
ON_DEMAND = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}


@pytest.fixture(scope="module")
def door(rig: Rig) -> Iterator[tuple[str, FrontDoor]]:
    with iam_door(rig, "warmup") as (url, _, door):
        yield url, door


@pytest.fixture
def start(door: tuple[str, FrontDoor], rig: Rig) -> Iterator[Any]:
    url, front = door
    functions = []

    def make(initialization: str) -> Function:
        function = Function(
            "cars-dsql",
            rig.package("dsql"),
            deployed("dsql", url)
            | front.environment(front.temporary)
            | {"ALLOWED_HOSTS": ".amazonaws.com", "AWS_LAMBDA_INITIALIZATION_TYPE": initialization},
            rig.folder / "warmup.log",
        )
        functions.append(function)
        return function

    yield make
    for function in functions:
        function.stop()


def test_a_first_request_finds_a_connection_and_a_token(door, start):
    _, front = door
    function = start("on-demand")
    function.invoke({"manage": "migrate --verbosity=0"})

    for _ in range(ATTEMPTS):
        front.control.reset()
        function = start("on-demand")
        assert function.invoke(WEB)["statusCode"] == 200
        signed_in = front.control.statistics()
        if signed_in.connects:
            break
    assert (signed_in.connects, signed_in.tokens) == (1, 1)

    logged = function.log.stat().st_size
    assert function.invoke(CARS)["statusCode"] == 200
    assert front.control.statistics().connects == 1
    (line,) = function.log.read_text()[logged:].splitlines()
    assert json.loads(line)["route"] == "/cars"


def test_nothing_connects_where_nobody_is_waiting(door, start):
    _, front = door
    front.control.reset()
    function = start("provisioned-concurrency")
    assert function.invoke(WEB)["statusCode"] == 200
    assert front.control.statistics().connects == 0
    assert front.control.statistics().tokens == 0


@pytest.mark.parametrize(
    ("initialization", "query"),
    [("on-demand", "page_size=1"), ("snap-start", "year=unknown"), (None, "year=unknown")],
)
def test_a_snapshot_holds_no_connection(initialization, query):
    asked = []
    environment = {"AWS_LAMBDA_INITIALIZATION_TYPE": initialization} if initialization else {}
    init_phase.warm_up(lambda event, _: asked.append(event["rawQueryString"]), environment)
    assert asked == [query]


def test_its_request_is_not_in_the_request_log_and_the_next_one_is(caplog):
    caplog.set_level(logging.INFO, "carsite.request")

    def http(event: Any, context: Any) -> None:
        request_log.logger.info("a line")

    init_phase.warm_up(http, ON_DEMAND)
    assert caplog.messages == []
    http(None, None)
    assert caplog.messages == ["a line"]


def test_an_error_is_logged_and_the_function_starts(caplog):
    def http(event: Any, context: Any) -> None:
        raise LookupError("no such thing")

    init_phase.warm_up(http, ON_DEMAND)
    assert caplog.messages == ["The init phase's request failed"]
    assert not request_log.logger.disabled
