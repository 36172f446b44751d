"""Many samples as a median and the spread around it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Summary:
    """A median with the first and the third quartile, in the samples' unit."""

    median: float
    lower: float
    upper: float
    samples: int

    def rounded(self, digits: int = 1) -> dict[str, float]:
        return {name: round(value, digits) for name, value in asdict(self).items()}

    def __str__(self) -> str:
        return f"{self.median:,.0f} [{self.lower:,.0f}-{self.upper:,.0f}]"


def summarise(samples: Sequence[float], scale: float = 1) -> Summary:
    """Of two samples or more; each is multiplied by `scale` first."""
    scaled = [sample * scale for sample in samples]
    lower, median, upper = statistics.quantiles(scaled, n=4, method="inclusive")
    return Summary(median, lower, upper, len(scaled))
