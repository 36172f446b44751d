"""The request benchmark, with those stacks that need nothing beyond what the tests need."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest

from benchmarks.names import (
    CARSITE,
    DEFAULT_DRF,
    GET_ONE,
    LIST_50,
    LIST_200,
    POST,
    RAW,
)
from benchmarks.warm import instructions, work
from benchmarks.warm.calls import get
from benchmarks.warm.database import Cars, filled
from benchmarks.warm.equality import check
from benchmarks.warm.peers import measure
from benchmarks.warm.variants import environment, running
from tests.rig.postgresql import PostgreSQL

MOMENT = "2027-01-01T00:00:00+00:00"
TIES = f"""
    INSERT INTO cars_car (id, make, model, year, mileage, created_at, updated_at)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'Tied', 'Tied', 2026, 0, '{MOMENT}', '{MOMENT}'
    FROM generate_series(1, 20000) n
"""


@pytest.fixture(scope="module")
def cars(postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cars]:
    with filled(postgresql, tmp_path_factory.mktemp("warm"), 600) as cars:
        yield cars


def test_stacks_that_give_the_same_answers_are_measured(cars):
    names = [RAW, CARSITE, DEFAULT_DRF]
    figures = measure(cars, names, rounds=1)
    assert list(figures) == names
    for figure in figures.values():
        assert list(figure.cpu) == list(figure.wall) == [GET_ONE, LIST_50, LIST_200, POST]
        assert all(0 < summary.lower <= summary.upper for summary in figure.cpu.values())
        assert figure.peak_megabytes > 10
    assert figures[RAW].cpu[LIST_200].median < figures[DEFAULT_DRF].cpu[LIST_200].median


def test_another_answer_ends_the_benchmark_before_anything_is_timed(cars):
    with ExitStack() as stack:
        workers = [
            stack.enter_context(running(name, environment(name, cars.url, Path())))
            for name in (RAW, CARSITE)
        ]
        (pk,) = cars.ids(1)
        check(workers, pk)
        # One of them reads another table from now on.
        cars.rows("CREATE SCHEMA other")
        cars.rows("CREATE TABLE other.cars_car (LIKE public.cars_car INCLUDING ALL)")
        copied = f"SELECT * FROM public.cars_car WHERE mileage % 2 = 1 OR id = '{pk}'"
        cars.rows(f"INSERT INTO other.cars_car {copied}")
        elsewhere = environment(RAW, f"{cars.url}&options=-csearch_path%3Dother", Path())
        other = stack.enter_context(running(RAW, elsewhere))
        message = f"list 50: {re.escape(RAW)} differs from {CARSITE}"
        with pytest.raises(RuntimeError, match=message):
            check([workers[1], other], pk)


def test_a_page_reads_one_row_beyond_its_own(cars, postgresql):
    with (
        work.statements_logged(cars),
        running(CARSITE, environment(CARSITE, cars.url, Path())) as worker,
    ):
        for event in (get("/cars"), work.next_page(worker)):
            done = work.work_of(worker, event, event, postgresql, cars)
            assert (done.statements, done.read, done.answered) == (1, 51, 50)


def test_a_page_reads_nothing_of_the_cars_before_it_in_the_same_moment(postgresql, tmp_path):
    with (
        filled(postgresql, tmp_path, 601) as cars,
        work.statements_logged(cars),
        running(CARSITE, environment(CARSITE, cars.url, Path())) as worker,
    ):
        cars.rows(TIES)
        cars.rows("VACUUM ANALYZE cars_car")
        position = urlencode({"p": f"{MOMENT} {UUID(int=60)}"})
        beginning = b64encode(position.encode()).decode()
        queries: tuple[dict[str, Any], ...] = ({}, {"make": "Tied"})
        for query in queries:
            event = get("/cars", cursor=beginning, **query)
            done = work.work_of(worker, event, event, postgresql, cars)
            # One place of an index, and its cars; all 20,000 entries are a hundred blocks.
            assert (done.read, done.answered) == (51, 50)
            assert done.blocks < 20


def test_the_instructions_of_a_request_are_those_of_its_parts(cars):
    (pk,) = cars.ids(1)
    of_lambda = environment(CARSITE, cars.url, Path())
    with running(CARSITE, of_lambda, handler=instructions.HANDLER) as worker:
        parts = instructions.measure(worker, pk)
        again = instructions.measure(worker, pk)
    assert all(parts[POST].values())
    of_bodies = {instructions.VALIDATION, instructions.DATA}
    assert {name for name, count in parts[GET_ONE].items() if not count} == of_bodies
    assert sum(again[GET_ONE].values()) == pytest.approx(sum(parts[GET_ONE].values()), rel=0.05)
