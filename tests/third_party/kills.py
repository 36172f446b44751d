"""`migrate` of a package, killed again and again, has to leave what it leaves undisturbed."""

from __future__ import annotations

from typing import Any

from tests.rig.catalog import CATALOG
from tests.rig.postgresql import PostgreSQL
from tests.third_party.packages import Package
from tests.third_party.runs import SCHEMA, Cluster, empty_cluster

PACKAGES = ("django-allauth", "django-oauth-toolkit")
KILLS = 10
APPLIED = f"SELECT app, name FROM {SCHEMA}.django_migrations ORDER BY app, name"


class KillError(Exception):
    """What was killed leaves something else, or nothing."""


def kill(server: PostgreSQL, package: Package, database: str, times: int = KILLS) -> int:
    """Kill it so many times on its way, and return how often it was.

    Each run is killed by SIGKILL after so many changes that they get there together; the schema
    and the recorded migrations are compared with those of a run that nobody kills.
    """
    with empty_cluster(server, f"{database}_whole") as cluster:
        undisturbed = cluster.migrate(package)
        if undisturbed is None or undisturbed.error:
            raise KillError(f"{package.name} does not even run undisturbed: {undisturbed}")
        expected = _state(cluster)
    with empty_cluster(server, f"{database}_killed") as cluster:
        for _ in range(times):
            outcome = cluster.migrate(package, killed_after=undisturbed.changes // (times + 1))
            if outcome is not None:
                raise KillError(f"{package.name} was to be killed: {outcome}")
            cluster.end_lease()
        last = cluster.migrate(package)
        if last is None or last.error or _state(cluster) != expected:
            raise KillError(f"{package.name} does not get there after {times} kills: {last}")
    return times


def _state(cluster: Cluster) -> list[Any]:
    catalog = cluster.rows(CATALOG.format(schema=SCHEMA))
    return [*(row for row in catalog if "dbauth_" not in row[1]), *cluster.rows(APPLIED)]
