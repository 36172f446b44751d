"""Collect garbage less often while a file is loaded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects between two collections; Python's default is 700 (2,000 from 3.13 on).
THRESHOLD = 100_000


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Rows and cars are no cycles: looking for some at Python's pace takes a tenth of a load."""
    youngest, *older = gc.get_threshold()
    gc.set_threshold(max(youngest, THRESHOLD) if youngest else 0, *older)
    try:
        yield
    finally:
        gc.set_threshold(youngest, *older)
