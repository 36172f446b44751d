"""A request is answered before its gateway gives up, however late the function started."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from carsite.serverless import budget
from tests.rig.events import Kind, Request, event

GATEWAYS = {"rest": "requestTimeEpoch", "http": "timeEpoch"}
FRESH = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)
LATE = SimpleNamespace(get_remaining_time_in_millis=lambda: 5_000)
NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)


def sent(kind: Kind, seconds_ago: float | None) -> dict[str, Any]:
    made = event(kind, Request("GET", "/dsql/cars", (("Host", "x.example.com"),)), stage="dsql")
    for name in GATEWAYS.values():
        made["requestContext"].pop(name, None)
    if seconds_ago is not None:
        made["requestContext"][GATEWAYS[kind]] = int((NOW - seconds_ago) * 1000)
    return made


@pytest.mark.parametrize("kind", GATEWAYS)
@pytest.mark.parametrize(
    ("seconds_ago", "expected"),
    # The last three: an event that does not say, one that was recorded, a clock that is behind.
    [(0, 27), (6, 21), (28, -1), (None, 27), (86_400, 27), (-5, 27)],
)
def test_a_cold_start_comes_off_the_gateways_29_seconds(
    kind: Kind, seconds_ago: float | None, expected: float
) -> None:
    assert budget.seconds(sent(kind, seconds_ago), FRESH) == pytest.approx(expected)


@pytest.mark.parametrize("kind", GATEWAYS)
def test_what_is_left_of_the_invocation_bounds_it_too(kind: Kind) -> None:
    assert budget.seconds(sent(kind, 1), LATE) == pytest.approx(3)


def test_a_command_has_all_of_its_invocation() -> None:
    assert budget.seconds({"manage": "migrate"}, FRESH) == pytest.approx(28)
