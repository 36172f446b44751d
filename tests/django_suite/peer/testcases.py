"""Django's TestCase on a backend without savepoints, where setUpTestData() fails.

It leaves its transaction open, in which every later test of the process would fail too.
"""

from __future__ import annotations

import contextlib
from typing import Any

from django.test import TestCase

_case: Any = TestCase
_set_up = _case._fixture_setup.__func__


def _set_up_or_roll_back(cls: Any) -> None:
    with contextlib.ExitStack() as undo:
        undo.callback(lambda: cls._rollback_atomics(cls.atomics))
        _set_up(cls)
        undo.pop_all()


_case._fixture_setup = classmethod(_set_up_or_roll_back)
