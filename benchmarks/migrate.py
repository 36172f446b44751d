"""`migrate` from nothing, now and before: python -m benchmarks.migrate [REVISION...]

The migrations of Django's own apps on an empty cluster behind the tests' gate, with the backend of
each revision (by default that of release 1.0.0) and with the one that is here: the table of
docs/dsql.md. Jobs take no time, and seconds are the client's processor time, the best of three.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import tests.rig.isolation  # noqa: F401 - first: libraries read variables while they are imported
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.tables import table
from tests.rig.tars import unpack
from tests.third_party.packages import PACKAGES
from tests.third_party.runs import Outcome, empty_cluster
from tests.third_party.sites import ROOT

RELEASED = "3856356"
RUNS = 3
HEAD = ("`migrate` from nothing, Django's own apps", "statements", "that change something", "s")


def main(revisions: Sequence[str]) -> None:
    with running_postgresql(16) as server, tempfile.TemporaryDirectory() as folder:
        rows = []
        for number, revision in enumerate([*revisions, ""]):
            backend = _backend(revision, Path(folder) / revision) if revision else ROOT
            best = min(
                (_migrate(server, f"m{number}_{run}", backend) for run in range(RUNS)),
                key=lambda outcome: outcome.cpu_seconds,
            )
            name = revision or "this one"
            rows.append([name, best.statements, best.changes, f"{best.cpu_seconds:.1f}"])
    print(table(HEAD, rows))


def _backend(revision: str, folder: Path) -> Path:
    """A folder with dbauth as it was then."""
    archive = subprocess.run(
        ["git", "archive", revision, "dbauth"], cwd=ROOT, capture_output=True, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        unpack(tar, folder)
    return folder


def _migrate(server: PostgreSQL, database: str, backend: Path) -> Outcome:
    with empty_cluster(server, database) as cluster:
        outcome = cluster.migrate(PACKAGES["django"], backend=backend)
    if outcome is None or outcome.error:
        sys.exit(f"migrate ended with an error: {outcome}")
    return outcome


if __name__ == "__main__":
    main(sys.argv[1:] or [RELEASED])
