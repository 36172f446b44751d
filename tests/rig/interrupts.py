"""Ctrl-C at a terminal, which sends it to everything that was started there."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let what starts meanwhile never hear of it: whoever started it ends it, in order.

    Children inherit the mask; in this process a Ctrl-C arrives when the block ends.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
