"""One step of the rehearsal, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.rehearsal.account import Account

Result = Literal["passed", "failed", "not run"]


@dataclass(frozen=True)
class Step:
    """What is typed, and how to tell that it worked.

    typed: a line for the shell; with `by_hand`, what to do in AWS's console.
    see: a regular expression that its output must match. What its named groups match is a variable
    of the shell from then on.
    real, stand_in: what runs for real in this step, and what stands in for AWS.
    remedy: what to do when it fails.
    by_hand: does what `typed` says, where that is nothing for a shell.
    then: what AWS has because of this step, and moto has not; or a closer look at what it has.
    """

    name: str
    typed: str
    see: str
    real: str
    stand_in: str
    remedy: str
    by_hand: Callable[[Account], str] | None = None
    then: Callable[[Account], None] | None = None


@dataclass(frozen=True)
class Outcome:
    """How a step ended, after how many seconds."""

    step: Step
    result: Result
    seconds: float = 0.0


class StepFailedError(Exception):
    """What is wrong, in words that may be printed: it holds no secrets."""
