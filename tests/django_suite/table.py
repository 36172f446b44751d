"""The tables of docs/dsql.md: what the suite came to, and why DSQL skips what it skips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import django

from dbauth.dsql.skips import by_reason
from tests.django_suite import results
from tests.rig import tables

BASELINE = "postgresql"
NAMES = {
    "postgresql": "Django's own PostgreSQL backend",
    "dbauth": "`dbauth`",
    "dsql": "`dbauth.dsql`",
}


def unexpected(engine: str, label: str) -> list[str]:
    """The tests of a label that fail, and do not fail on Django's own backend."""
    baseline = results.load(BASELINE, label)
    return [
        name
        for name, entry in results.load(engine, label).items()
        if entry["outcome"] == "failed" and baseline.get(name, {}).get("outcome") != "failed"
    ]


def text(labels: Sequence[str], of_all: int) -> str:
    """All tables in Markdown, of labels that have results for each engine."""
    numbers = (
        f"{len(labels)} of {of_all} labels of Django {django.get_version()}, those that have been"
        " run on every engine:"
    )
    return "\n\n".join([numbers, _totals(labels), _reasons(labels), _by_label(labels)])


def _totals(labels: Sequence[str]) -> str:
    rows = []
    for engine, name in NAMES.items():
        total: Counter[str] = Counter()
        for label in labels:
            total.update(results.counts(results.load(engine, label)))
        more = sum(len(unexpected(engine, label)) for label in labels)
        numbers = [
            total["passed"],
            total["expected"],
            total["skipped"],
            more,
            total["failed"] - more,
        ]
        rows.append([name, *map(tables.number, numbers)])
    head = ["", "passed", "expected failures", "skipped", "unexpected failures"]
    return tables.table([*head, "failures on Django's own backend too"], rows)


def _reasons(labels: Sequence[str]) -> str:
    details = Counter(
        entry["detail"]
        for label in labels
        for entry in results.load("dsql", label).values()
        if entry["outcome"] == "skipped"
    )
    reasons = sorted(by_reason(), key=lambda reason: -details[reason])
    rows = [[reason, details[reason]] for reason in reasons if details[reason]]
    return tables.table(["tests that are skipped on DSQL because", ""], rows)


def _by_label(labels: Sequence[str]) -> str:
    rows = []
    for label in labels:
        passed = [results.counts(results.load(each, label)).get("passed", 0) for each in NAMES]
        if len(set(passed)) > 1:
            rows.append([label, *map(tables.number, passed)])
    return tables.table(["passed, by label, where engines differ", *NAMES.values()], rows)
