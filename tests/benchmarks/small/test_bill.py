"""What a function of 256 MB costs."""

import pytest

from benchmarks.small.bill import billed_ms, dollars_for_a_million


def test_init_and_first_request_are_one_invocation_rounded_up():
    assert billed_ms(300.2, 50.3) == 351
    assert billed_ms(4) == 4


def test_a_million_requests_cost_their_gigabyte_seconds_and_a_fee():
    # 990,000 of 4 ms and 10,000 of 400 ms: 7,960 s of a quarter of a gigabyte.
    assert dollars_for_a_million(3.9, 399.5) == pytest.approx(7960 * 0.25 * 0.0000166667 + 0.20)
