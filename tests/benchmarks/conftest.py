"""Results of a made-up run, in which every limit is met."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.names import (
    A_REQUEST,
    ADMIN,
    BY_COLOR,
    BY_MAKE,
    BY_MODEL,
    BY_VIN,
    BY_YEAR,
    CARSITE,
    DEFAULT_DRF,
    FASTAPI_ASYNC,
    FILTERED,
    GET_ONE,
    LAST_PAGE,
    LIST_50,
    LIST_200,
    NEXT_PAGE,
    POST,
    RAW,
)
from benchmarks.ratios import FEW, MANY

# Microseconds; the figures of a request are this times its number.
STACKS = {RAW: 100.0, CARSITE: 300.0, FASTAPI_ASYNC: 600.0, DEFAULT_DRF: 1200.0}
REQUESTS = {GET_ONE: 1, LIST_50: 2, LIST_200: 3, POST: 4}
GROWING = (GET_ONE, LIST_50, LAST_PAGE, POST, ADMIN)


def summary(median: float) -> dict[str, float]:
    return {"median": median, "lower": median - 1, "upper": median + 1, "samples": 10}


def small(cost: float) -> dict[str, Any]:
    """A stack at 256 MB, this many times as slow as the quickest."""
    warm = {"p50": 4.0 * cost, "p99": 8.0 * cost}
    return {
        "processes": 10,
        "warm_requests": 200,
        "init_ms": 350.0 * cost,
        "first_ms": 50.0 * cost,
        "cold_ms": 400.0 * cost,
        "warm_ms": dict.fromkeys((GET_ONE, LIST_50, POST), warm),
        "billed_ms": {"cold": 400, "warm": 4},
        "dollars": 0.23,
    }


@pytest.fixture
def results() -> dict[str, Any]:
    stacks = {
        name: {
            "cpu_us": {request: summary(cost * times) for request, times in REQUESTS.items()},
            "wall_us": {request: summary(cost * times + 50) for request, times in REQUESTS.items()},
            "peak_mb": 70.0,
        }
        for name, cost in STACKS.items()
    }
    nothing = {"connects": 0, "tokens": 0, "queries": 1.0}
    once = dict.fromkeys((GET_ONE, LIST_50, POST), nothing)
    return {
        "machine": dict.fromkeys(
            (
                *("date", "processor", "system", "python", "postgresql", "django", "zappa"),
                *("djangorestframework", "fastapi", "sqlalchemy", "mangum"),
                *("aws-lambda-powertools", "psycopg2-binary"),
            ),
            "1.0",
        ),
        "requests": {FEW: stacks, MANY: stacks},
        "growth": {
            "wall_us": {title: {FEW: summary(1000.0), MANY: summary(1100.0)} for title in GROWING},
            "ratio": {title: {"median": 1.1} for title in GROWING},
            "last_page_ratio": {"median": 1.2},
        },
        "hundred_requests": {"regular": once, "dsql": once},
        "loading_per_s": {"load_cars": summary(6000.0), "execute_values": summary(10000.0)},
        "cold_start": {
            "carsite, regular": {"cpu_ms": 200.0, "peak_mb": 60.0},
            "FastAPI + Mangum": {"cpu_ms": 500.0, "peak_mb": 80.0},
            "Zappa's defaults": {"cpu_ms": 1300.0, "peak_mb": 90.0},
        },
        "small": {
            name: small(cost)
            for name, cost in (
                ("carsite, regular", 1.0),
                ("carsite, dsql", 1.0),
                ("FastAPI + Mangum", 3.0),
                ("Zappa's defaults", 30.0),
            )
        },
        "work": {
            CARSITE: {
                request: {
                    "statements": 1,
                    "read": answered + 1,
                    "blocks": 3,
                    "answered": answered,
                }
                for request, answered in (
                    (GET_ONE, 1),
                    (LIST_50, 50),
                    (NEXT_PAGE, 50),
                    *((each, 50) for each in (BY_MAKE, BY_MODEL, BY_YEAR, BY_COLOR)),
                    (BY_VIN, 1),
                    (FILTERED, 50),
                    (POST, 0),
                )
            }
        },
        "pieces": {"nothing prepared": {GET_ONE: 1.8, LIST_50: 2.8}},
        "archive_mb": {"carsite, regular": 11.6, "carsite, dsql": 11.5},
        "connect_cpu_ms": {
            "static password (Django)": 4.0,
            "dbauth": 4.1,
            "dbauth.dsql": 4.1,
            "django-iam-dbauth 0.2.1": 110.0,
            "aurora-dsql-django 0.7.0": 97.0,
        },
        "time_limit_cpu_us": {A_REQUEST: 5.0},
        "cold_token_cpu_ms": {"bare Python": 10.0, "dbauth": 22.0},
    }
