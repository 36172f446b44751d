"""The section of make bench about 256 MB."""

from benchmarks.names import GET_ONE, LIST_50
from benchmarks.small.measured import Measured, bill, table


def measured() -> Measured:
    each = Measured(init=[300.0, 310.0, 320.0], first=[40.0, 50.0, 60.0])
    each.warm[LIST_50] = [float(number) for number in range(101)]
    return each


def test_figures_are_medians_and_percentiles():
    data = measured().data()
    assert (data["init_ms"], data["first_ms"], data["cold_ms"]) == (310.0, 50.0, 360.0)
    assert data["warm_ms"] == {LIST_50: {"p50": 50.0, "p99": 99.0}}
    assert data["billed_ms"] == {"cold": 360, "warm": 50}


def test_a_request_that_a_stack_does_not_answer_is_a_dash():
    ours, peer = measured(), measured()
    ours.warm[GET_ONE] = [1.0, 2.0]
    header, rows = table({"ours": ours.data(), "peer": peer.data()})
    assert header[3:] == [f"{LIST_50}: p50, p99", f"{GET_ONE}: p50, p99"]
    assert [row[-1] for row in rows] == ["1.5, 2.0", "-"]


def test_the_bill_has_both_kinds_of_invocation():
    (_, cold, warm, dollars), *_ = bill({"ours": measured().data()})[1]
    assert (cold, warm) == ("360", "50")
    assert dollars == "0.42"
