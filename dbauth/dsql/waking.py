"""An idle DSQL cluster says that it is waking up, and to come back in a moment."""

import random
import re
import time
from collections.abc import Iterator

from psycopg2 import OperationalError

# https://docs.aws.amazon.com/aurora-dsql/latest/userguide/troubleshooting.html
WAKING_UP = re.compile(r"waking up cluster", re.IGNORECASE)
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0


def is_waking_up(error: OperationalError) -> bool:
    return WAKING_UP.search(str(error)) is not None


def pauses(seconds: float) -> Iterator[float]:
    """Pauses in seconds, doubling and jittered, that end within `seconds` from now."""
    end = time.monotonic() + seconds
    longest = FIRST_PAUSE
    while True:
        # Half of it is chance, so that a fleet which was refused together comes back apart.
        pause = longest * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
        if time.monotonic() + pause >= end:
            return
        yield pause
        longest = min(longest * 2, LONGEST_PAUSE)
