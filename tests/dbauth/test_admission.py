"""The pauses between tries at a cluster that is waking up."""

from itertools import islice

import pytest

from benchmarks.arrivals import simulate
from dbauth import admission, backoff


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 0.0

        def monotonic(self):
            return self.now

    clock = Clock()
    for module in (admission, backoff):
        monkeypatch.setattr(module, "time", clock)
    return clock


def test_pauses_double_up_to_a_limit(clock):
    pauses = list(islice(admission.pauses(3600), 8))
    for pause, longest in zip(pauses, [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0], strict=True):
        assert longest / 2 <= pause <= longest


def test_pauses_end_within_the_time_given(clock):
    for pause in admission.pauses(7):
        clock.now += pause
    assert 5 <= clock.now < 7


def test_a_fleet_that_the_quota_can_serve_within_an_invocation_is_served():
    outcome = simulate(2_500)
    assert (outcome.connected, outcome.refused) == (2_500, 0)
    assert outcome.attempts > 2_500
