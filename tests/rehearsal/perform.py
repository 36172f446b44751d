"""Take the steps one after the other; the first that fails is the last."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Sequence

from tests.rehearsal.account import Account
from tests.rehearsal.step import Outcome, Step, StepFailedError

Write = Callable[[str], None]
SHOWN_LINES = 30


def perform(steps: Sequence[Step], account: Account, write: Write) -> list[Outcome]:
    """Every step's outcome, in order. What is typed, and what it showed, goes to `write`."""
    outcomes: list[Outcome] = []
    for step in steps:
        if outcomes and outcomes[-1].result != "passed":
            outcomes.append(Outcome(step, "not run"))
            continue
        started = time.monotonic()
        write(f"\n# {step.typed}" if step.by_hand else f"\n$ {step.typed}")
        try:
            write(f"  {account.hidden(_take(step, account))}")
        except (StepFailedError, RuntimeError, subprocess.TimeoutExpired) as error:
            if isinstance(error, subprocess.TimeoutExpired):
                write(account.hidden(_end(_text(error.output))))
            write(account.hidden(str(error)))
            write(f"\nThe step '{step.name}' failed. {step.remedy}")
            outcomes.append(Outcome(step, "failed", time.monotonic() - started))
        else:
            outcomes.append(Outcome(step, "passed", time.monotonic() - started))
    return outcomes


def _take(step: Step, account: Account) -> str:
    """Do what the step says; what of its output shows that it worked."""
    status, printed = (0, step.by_hand(account)) if step.by_hand else account.shell.run(step.typed)
    if status:
        raise StepFailedError(f"{_end(printed)}\nIt ended with exit status {status}.")
    seen = re.search(step.see, printed)
    if seen is None:
        raise StepFailedError(f"{_end(printed)}\nNothing in this matches '{step.see}'.")
    account.shell.variables |= seen.groupdict()
    if step.then:
        step.then(account)
    return _lines(seen)


def _lines(seen: re.Match[str]) -> str:
    """The whole lines that were looked for; what became a variable, with its name."""
    start = seen.string.rfind("\n", 0, seen.start()) + 1
    end = seen.string.find("\n", seen.end())
    lines = seen.string[start : None if end < 0 else end].strip().splitlines()
    return "\n  ".join([*lines, *(f"{name}={value}" for name, value in seen.groupdict().items())])


def _text(printed: str | bytes | None) -> str:
    # A time-out hands over bytes, whatever was asked for.
    return printed.decode(errors="replace") if isinstance(printed, bytes) else printed or ""


def _end(printed: str) -> str:
    return "\n".join(printed.strip().splitlines()[-SHOWN_LINES:])
