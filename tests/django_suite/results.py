"""What the labels of the last runs came to, as children have written it down."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tests.django_suite.source import FOLDER

# From best to worst: a test with subtests ends as the worst of them.
OUTCOMES = ("passed", "skipped", "expected", "failed")

Results = dict[str, dict[str, str]]


def path(engine: str, label: str) -> Path:
    return FOLDER / "results" / engine / f"{label}.jsonl"


def exist(engine: str, label: str) -> bool:
    return path(engine, label).exists()


def load(engine: str, label: str) -> Results:
    """The tests of a label by id, each with `outcome` and `detail`."""
    return read(path(engine, label))


def read(written: Path) -> Results:
    """The same, of a file that a child has written."""
    tests: Results = {}
    for line in written.read_text().splitlines():
        entry = json.loads(line)
        known = tests.setdefault(entry["id"], entry)
        if OUTCOMES.index(entry["outcome"]) > OUTCOMES.index(known["outcome"]):
            tests[entry["id"]] = entry
    return tests


def counts(tests: Results) -> dict[str, int]:
    """How many tests ended in which way; ways in which none did are left out."""
    found = Counter(entry["outcome"] for entry in tests.values())
    return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}
