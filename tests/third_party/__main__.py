"""`python -m tests.third_party [PACKAGE...]`, which is `make third-party`.

Once all packages have been run, together or one by one, it rewrites the table of docs/dsql.md. The
exit status is 1 where something stops a package on dbauth.dsql that neither DSQL's primary keys nor
what PostgreSQL has alone account for.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import tests.rig.isolation  # noqa: F401 - first: libraries read variables while they are imported
from tests.rig import tables
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.third_party import kills, results, sites, table
from tests.third_party.packages import PACKAGES
from tests.third_party.runs import ENGINES, OURS, empty_cluster

Task = tuple[str, str]


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = _parser().parse_args()
    names = options.packages or list(PACKAGES)
    tasks = [(engine, name) for engine in options.engines for name in names]
    missing = {name for name in names if not _install(name)}
    tasks = [(engine, name) for engine, name in tasks if name not in missing]
    with running_postgresql(16) as server, ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(lambda task: _run(server, task), tasks))
        names = [name for name in names if name not in missing]
        killed = [name for name in kills.PACKAGES if name in names and OURS in options.engines]
        list(pool.map(lambda name: _kill(server, name), killed))
    text = table.text()
    _write(text)
    if all(results.load(OURS, name) for name in PACKAGES):
        tables.write("dsql.md", "make third-party", text)
    return bool(missing) or _any_unexpected(names)


def _install(name: str) -> bool:
    """Before the rest, one after the other; what cannot be had is said and left out."""
    try:
        sites.install(PACKAGES[name])
    except (sites.InstallationError, subprocess.TimeoutExpired) as error:
        _write(str(error))
        return False
    return True


def _run(server: PostgreSQL, task: Task) -> None:
    engine, name = task
    database = _identifier(f"{name}_{list(ENGINES).index(engine)}")
    with empty_cluster(server, database, engine) as cluster:
        outcome = cluster.migrate(PACKAGES[name])
    assert outcome is not None
    results.save(engine, name, outcome)
    _write(f"{name:32} {engine:34} {outcome.statements:5} {outcome.migration} {outcome.error}")


def _kill(server: PostgreSQL, name: str) -> None:
    results.save_kills(name, kills.kill(server, PACKAGES[name], _identifier(name)))
    _write(f"{name:32} killed {results.load_kills(name)} times")


def _any_unexpected(names: list[str]) -> bool:
    outcomes = {name: results.load(OURS, name) for name in names}
    return any(
        each and table.is_unexpected(PACKAGES[name], each) for name, each in outcomes.items()
    )


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name.lower())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.third_party")
    parser.add_argument("packages", nargs="*", metavar="package")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--workers", type=int, default=2)
    return parser


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # what shells report for SIGINT
