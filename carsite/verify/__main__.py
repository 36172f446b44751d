"""`python -m carsite.verify URL`: a table of what was seen; exit status 1 for a failure."""

from __future__ import annotations

import os
import sys

from carsite.verify.client import HttpClient
from carsite.verify.report import PASSWORD, USER, verify


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].startswith(("https://", "http://")):
        sys.stderr.write(
            "Usage: make verify URL=https://API.execute-api.REGION.amazonaws.com/STAGE\n"
        )
        return 2
    passed = True
    for result in verify(HttpClient(arguments[0]), os.environ):
        sys.stdout.write(f"{result}\n")
        sys.stdout.flush()
        passed &= result.passed
    if passed and not os.environ.get(USER):
        sys.stdout.write(
            f"Nothing was stored: set {USER} and {PASSWORD} to add and remove a car.\n"
        )
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
