"""Functions that are measured in turns, in another order every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.summary import Summary, summarise
from benchmarks.warm.variants import Event, Sample, Worker

MICROSECONDS = 1e6
WARM_UP = 3

Batch = Callable[[], Sequence[Event]]


def in_turns(sources: Sequence[tuple[Worker, Batch]], rounds: int) -> list[list[Sample]]:
    """The samples of each source, in the order of `sources`.

    In each round each worker answers a batch of its own; the first rounds do not count.
    """
    samples: list[list[Sample]] = [[] for _ in sources]
    numbers = range(len(sources))
    for number in range(-WARM_UP, rounds):
        for index in random.sample(numbers, len(numbers)):
            worker, batch = sources[index]
            taken = worker.call(batch())
            if number >= 0:
                samples[index] += taken
    return samples


def cpu(samples: Sequence[Sample]) -> Summary:
    """Microseconds of CPU."""
    return summarise([sample.cpu for sample in samples], MICROSECONDS)


def wall(samples: Sequence[Sample]) -> Summary:
    """Microseconds on the clock."""
    return summarise([sample.wall for sample in samples], MICROSECONDS)
