"""Objects that a fork would leave broken, such as a lock held by a thread that is not copied."""

import os
import weakref
from collections.abc import Callable


def after_fork(method: Callable[[], None]) -> None:
    """Call the bound `method` in every child process, for as long as its object lives."""
    reference = weakref.WeakMethod(method)

    def call() -> None:
        alive = reference()
        if alive is not None:
            alive()

    if hasattr(os, "register_at_fork"):  # Windows knows no fork
        os.register_at_fork(after_in_child=call)
