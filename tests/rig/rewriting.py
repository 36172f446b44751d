"""Tests as pytest rewrites them, compiled before the workers start.

Processes of the tests keep no bytecode (tests.rig.environment), and neither do pytest's workers: in
a fresh clone each of them took two seconds to rewrite all tests for itself.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from _pytest.assertion import rewrite  # pytest has no other way to rewrite without importing

TESTS = Path(__file__).resolve().parents[1]


def keep(config: pytest.Config) -> None:
    """Write the bytecode of all tests where pytest looks for it."""
    state = config.stash.get(rewrite.assertstate_key, None)
    if state is None or state.mode != "rewrite":
        return
    for path in (*TESTS.rglob("test_*.py"), *TESTS.rglob("conftest.py")):
        folder = rewrite.get_cache_dir(path)
        kept = folder / f"{path.stem}{rewrite.PYC_TAIL}"
        # What cannot be rewritten, a worker reports with its place.
        with contextlib.suppress(SyntaxError, ValueError, OSError):
            if rewrite.try_makedirs(folder) and rewrite._read_pyc(path, kept) is None:
                stat, code = rewrite._rewrite_test(path, config)
                rewrite._write_pyc(state, code, stat, kept)
