"""`python -m tests.rehearsal`: the whole guide, without AWS.

`--beside` takes another environment in another region along, before everything is taken down.
`--peer` rehearses two regions of one database instead.
"""

from __future__ import annotations

import logging
import shutil
import signal
import sys
import time
from collections.abc import Sequence

import tests.rig.isolation  # noqa: F401 - first: libraries read variables while they are imported
from tests.rehearsal.account import open_account
from tests.rehearsal.beside import BESIDE
from tests.rehearsal.guide import BEFORE_THE_END, GUIDE, end
from tests.rehearsal.perform import perform
from tests.rehearsal.regions import REGIONS
from tests.rehearsal.report import table
from tests.rehearsal.step import Step
from tests.terraform.cli import REMEDY

INSTALL = {
    "terraform": REMEDY,
    "curl": "Install it: on Debian and Ubuntu, `apt install curl`.",
}


def rehearse(steps: Sequence[Step]) -> int:
    """Take the steps in an account of their own; the exit status."""
    started = time.monotonic()
    with open_account() as account:
        outcomes = perform(steps, account, _write)
        _write(f"\n{table(outcomes)}")
    passed = all(outcome.result == "passed" for outcome in outcomes)
    _write(
        f"\n{'Every step passed' if passed else 'The rehearsal stopped'}, after"
        f" {time.monotonic() - started:.0f} s. Nothing of it is left on this machine."
    )
    return 0 if passed else 1


def main() -> int:
    for name, remedy in INSTALL.items():
        if shutil.which(name) is None:
            _write(f"There is no `{name}` on PATH. {remedy}")
            return 1
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # moto's web server, one line a request
    # As Ctrl-C does, and unlike its default, it lets everything be taken down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if "--peer" in sys.argv[1:]:
        return rehearse(REGIONS)
    beside = "--beside" in sys.argv[1:]
    return rehearse((*BEFORE_THE_END, *BESIDE, *end()) if beside else GUIDE)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # what shells report for SIGINT
