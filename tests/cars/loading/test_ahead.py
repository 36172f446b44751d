"""One batch is prepared while another is stored."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from cars.loading.ahead import one_ahead
from cars.loading.garbage import THRESHOLD, seldom_collected

SECONDS = 300  # for what happens at once


def test_the_next_item_is_made_while_the_caller_has_the_one_before() -> None:
    made = [threading.Event() for _ in range(3)]

    def items() -> Iterator[int]:
        for number, event in enumerate(made):
            event.set()
            yield number

    coming = one_ahead(items())
    assert next(coming) == 0
    assert made[1].wait(SECONDS)
    assert not made[2].is_set()
    assert list(coming) == [1, 2]


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise LookupError

    coming = one_ahead(items())
    assert next(coming) == 1
    with pytest.raises(LookupError):
        next(coming)


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    coming = one_ahead(iter(range(9)))
    next(coming)
    assert threading.active_count() == before + 1
    coming.close()
    assert threading.active_count() == before


@pytest.mark.django_db
def test_a_connection_that_was_opened_in_the_thread_is_closed_there() -> None:
    closed: list[str] = []

    def items() -> Iterator[int]:
        # SQLite in memory would outlast a real close().
        opened: Any = connections["default"]
        opened.close = lambda: closed.append(threading.current_thread().name)
        yield 1

    assert list(one_ahead(items())) == [1]
    (name,) = closed
    assert name != threading.current_thread().name


@pytest.mark.parametrize(("before", "during"), [(700, THRESHOLD), (0, 0), (500_000, 500_000)])
def test_garbage_is_collected_less_often_and_afterwards_as_before(before: int, during: int) -> None:
    found: Any = gc.get_threshold()
    try:
        gc.set_threshold(before, *found[1:])
        with seldom_collected():
            assert gc.get_threshold()[0] == during
        assert gc.get_threshold()[0] == before
    finally:
        gc.set_threshold(*found)
