"""The tables of docs/dsql.md: what the suite came to, and why DSQL skips what it skips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import version

import django

from tests.django_suite import results
from tests.rig import tables

BASELINE = "postgresql"
ALSO = "They are skipped on Django's own backend too (other databases, Redis, Memcached, browsers)"
# How Django begins the reason of a test that needs features; their names follow.
UNSUPPORTED = "Database doesn't support feature(s): "
NAMES = {
    "postgresql": "Django's own PostgreSQL backend",
    "dbauth": "`dbauth`",
    "dsql": "`dbauth.dsql`",
}
PEER = f"aurora-dsql-django {version('aurora-dsql-django')}"
PEERS = {"peer": PEER, "peer-sequences": f"{PEER}, USE_SEQUENCE_AUTOFIELDS"}


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
    parts = [numbers, _totals(labels, NAMES), _reasons(labels)]
    of_peers = [label for label in labels if all(results.exist(each, label) for each in PEERS)]
    if of_peers:
        parts += [_of_peers(of_peers), _totals(of_peers, {**NAMES, **PEERS})]
    return "\n\n".join([*parts, _by_label(labels, of_peers)])


def _of_peers(labels: Sequence[str]) -> str:
    return (
        f"On {len(labels)} of the labels, those that {PEER} was run on too, as it comes and with"
        " USE_SEQUENCE_AUTOFIELDS:"
    )


def _totals(labels: Sequence[str], names: Mapping[str, str]) -> str:
    rows = []
    for engine, name in names.items():
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
    """Why tests are skipped on DSQL: its own reasons, and what Django reads off its features."""
    counts: Counter[str] = Counter()
    for label in labels:
        baseline = results.load(BASELINE, label)
        for name, entry in results.load("dsql", label).items():
            if entry["outcome"] == "skipped":
                also = baseline.get(name, {}).get("outcome") == "skipped"
                counts[ALSO if also else entry["detail"]] += 1
    rows = [[reason, tables.number(count)] for reason, count in _merged(counts).most_common()]
    return tables.table(["tests that are skipped on DSQL because", ""], rows)


def _merged(counts: Counter[str]) -> Counter[str]:
    """All features in one row: a test that needs several would make a row of its own."""
    of_features = {reason: n for reason, n in counts.items() if reason.startswith(UNSUPPORTED)}
    needed: Counter[str] = Counter()
    for reason, count in of_features.items():
        needed.update(dict.fromkeys(reason.removeprefix(UNSUPPORTED).split(", "), count))
    merged = Counter({reason: n for reason, n in counts.items() if reason not in of_features})
    if needed:
        names = ", ".join(f"{name} ({count})" for name, count in needed.most_common())
        merged[f"One of the features that they need is missing: {names}"] = sum(
            of_features.values()
        )
    return merged


def _by_label(labels: Sequence[str], of_peers: Collection[str]) -> str:
    peers = PEERS if of_peers else {}
    rows = []
    for label in labels:
        names = [*NAMES, *peers] if label in of_peers else [*NAMES]
        passed = [results.counts(results.load(each, label)).get("passed", 0) for each in names]
        if len(set(passed)) > 1:
            not_run = ["not run"] * (len(NAMES) + len(peers) - len(names))
            rows.append([label, *map(tables.number, passed), *not_run])
    head = ["passed, by label, where engines differ", *NAMES.values(), *peers.values()]
    return tables.table(head, rows)
