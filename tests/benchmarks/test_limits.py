"""The verdict of make bench."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.limits import LIMITS, check_all
from benchmarks.names import A_REQUEST, ADMIN, CARSITE, GET_ONE, LIST_50, POST
from benchmarks.ratios import FEW


def missed(results: dict[str, Any]) -> list[str]:
    return [each.limit.measure for each in check_all(results) if each.met is False]


def test_every_limit_has_a_figure_and_is_met(results):
    assert [each.limit.measure for each in check_all(results) if not each.met] == []


def test_a_slower_request_is_a_limit_missed(results):
    results["requests"][FEW][CARSITE]["cpu_us"][GET_ONE]["median"] = 801
    assert missed(results) == [
        f"{GET_ONE}: CPU / raw psycopg2 + orjson",
        f"{GET_ONE}: CPU / FastAPI, async def",
        f"{GET_ONE}: CPU / default DRF, Zappa",
    ]


def test_the_request_that_grows_most_counts_for_the_api(results):
    results["growth"]["ratio"]["GET /cars by make"] = {"median": 1.16}
    assert missed(results) == ["any API request at 1,000,000 / 10,000 cars: wall"]


def test_the_admin_has_a_limit_of_its_own(results):
    results["growth"]["ratio"][ADMIN]["median"] = 1.29
    assert missed(results) == []
    results["growth"]["ratio"][ADMIN]["median"] = 1.31
    assert missed(results) == ["admin list page at 1,000,000 / 10,000 cars: wall"]


def test_the_last_page_has_a_limit_too(results):
    results["growth"]["last_page_ratio"]["median"] = 1.31
    assert missed(results) == ["last page / first page at 1,000,000 cars: wall"]


def test_a_time_limit_that_can_be_measured_is_one_missed(results):
    results["time_limit_cpu_us"][A_REQUEST] = 9.1
    assert missed(results) == ["a request's time limit: CPU / GET one"]


def test_a_load_that_is_too_slow_is_missed_from_below(results):
    results["loading_per_s"]["load_cars"]["median"] = 4900
    assert missed(results) == ["load_cars: cars a second / execute_values"]


@pytest.mark.parametrize("stage", ["regular", "dsql"])
def test_one_stage_with_a_query_too_many_is_enough(results, stage):
    few = {"connects": 0, "tokens": 0, "queries": 1.0}
    results["hundred_requests"][stage] = {
        **results["hundred_requests"][stage],
        LIST_50: few | {"queries": 1.01},
    }
    assert missed(results) == ["queries of GET one and of a list"]


def test_one_slow_tail_at_256_mb_is_enough(results):
    results["small"]["carsite, dsql"]["warm_ms"][LIST_50] = {"p50": 4.0, "p99": 10.1}
    assert missed(results) == ["256 MB, warm: p99 / p50"]


def test_a_request_that_reads_on_is_missed(results):
    results["work"][CARSITE][LIST_50]["read"] = 52
    assert missed(results) == ["rows read beyond the answer's: GET one, a list by one value, POST"]


def test_the_larger_archive_counts(results):
    results["archive_mb"]["carsite, dsql"] = 12.1
    assert missed(results) == ["archive, MB"]


def test_what_a_quick_run_leaves_out_is_no_verdict(results):
    del results["cold_start"], results["growth"], results["small"], results["archive_mb"]
    assert missed(results) == []
    rows = [each.row() for each in check_all(results)]
    unmeasured = [measure for measure, figure, _, met in rows if met == "not measured"]
    assert len(rows) == len(LIMITS)
    assert [measure.partition(":")[0] for measure in unmeasured] == [
        "last page / first page at 1,000,000 cars",
        "any API request at 1,000,000 / 10,000 cars",
        "admin list page at 1,000,000 / 10,000 cars",
        "cold start",
        "cold start",
        *["256 MB, init + first request"] * 2,
        "256 MB, first request",
        *(f"256 MB, warm {request}" for request in (LIST_50, GET_ONE, POST)),
        "256 MB, warm",
        "archive, MB",
    ]
