"""The table at the end: each step, what of it was real, and how it went."""

from __future__ import annotations

from collections.abc import Sequence

from tests.rehearsal.step import Outcome

TITLES = ("step", "ran for real", "stood in for AWS", "result")


def table(outcomes: Sequence[Outcome]) -> str:
    """One line a step, in columns."""
    rows = [TITLES, *(_row(outcome) for outcome in outcomes)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _row(outcome: Outcome) -> tuple[str, str, str, str]:
    step = outcome.step
    took = "" if outcome.result == "not run" else f" {outcome.seconds:.1f} s"
    return step.name, step.real, step.stand_in, outcome.result + took
