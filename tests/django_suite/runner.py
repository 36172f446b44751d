"""Django's test runner that also writes down how each test ended."""

import json
import os
import traceback
import unittest
from pathlib import Path
from typing import Any

from django.test.runner import DiscoverRunner


class Result(unittest.TextTestResult):
    """Writes a line of JSON for each test, and for each failing subtest: id, outcome, detail."""

    def addSuccess(self, test: Any) -> None:
        super().addSuccess(test)
        _write(test, "passed")

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        _write(test, "failed", _traceback(err))

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        _write(test, "failed", _traceback(err))

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        _write(test, "skipped", reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        super().addExpectedFailure(test, err)
        _write(test, "expected", str(err[1]))

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        _write(test, "failed", "It was expected to fail, and passed.")

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            _write(test, "failed", _traceback(err))


class Runner(DiscoverRunner):
    """Django's own, with that result."""

    def get_resultclass(self) -> Any:
        return Result


def _write(test: Any, outcome: str, detail: str = "") -> None:
    with Path(os.environ["DJANGO_SUITE_RESULTS"]).open("a") as results:
        results.write(json.dumps({"id": test.id(), "outcome": outcome, "detail": detail}) + "\n")


def _traceback(err: Any) -> str:
    return "".join(traceback.format_exception(*err))
