"""Prepare one batch while the database stores another."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from django.db import connections

T = TypeVar("T")


def one_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """`items`, each made in a thread while the caller is busy with the one before.

    An error comes in its place, after the items before it. Closing this waits for the item that is
    being made, so `items` may not wait for somebody else, as a pipe does.
    """
    end = object()
    take: Any = next
    with ThreadPoolExecutor(1, "load_cars") as thread:
        try:
            coming = thread.submit(take, items, end)
            while (item := coming.result()) is not end:
                coming = thread.submit(take, items, end)
                yield cast(T, item)
        finally:
            # A rule that asks the database has opened one in the thread.
            thread.submit(connections.close_all).result()
