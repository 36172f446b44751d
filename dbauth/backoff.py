"""Pauses between attempts: they double up to a limit, and chance spreads them.

Without chance, clients that were refused together would come back together ("jitter",
https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from itertools import count

_random = random.SystemRandom()  # a snapshot that is restored repeats any other generator


def backoff(
    end: float,
    *,
    first: float,
    longest: float,
    least: float = 0.0,
    pauses: int | None = None,
) -> Iterator[float]:
    """Yield seconds to wait, as long as they pass before `end` (of time.monotonic()).

    Each pause is chosen between the share `least` of a limit and the limit itself, which begins at
    `first` and doubles up to `longest`. There are at most `pauses` of them.
    """
    limit = first
    for number in count():
        pause = limit * _random.uniform(least, 1)
        if number == pauses or time.monotonic() + pause >= end:
            return
        yield pause
        limit = min(limit * 2, longest)
