"""Runs a package's migrations on an engine, each time on an empty cluster of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rig.dsql_gate import DsqlGate, add_role, running_dsql_gate
from tests.rig.environment import child
from tests.rig.postgresql import PostgreSQL
from tests.third_party import sites
from tests.third_party.packages import Package

LONGEST_SECONDS = 1800
ROLE, SCHEMA = "packager", "packaged"
PEER = {"ENGINE": "aurora_dsql_django", "USER": "admin"}
ENGINES: dict[str, dict[str, Any]] = {
    "dbauth.dsql": {"ENGINE": "dbauth.dsql", "USER": ROLE},
    "aurora-dsql-django 0.7.0": PEER,
    "the same, USE_SEQUENCE_AUTOFIELDS": {**PEER, "USE_SEQUENCE_AUTOFIELDS": True},
}
OURS, *PEERS = ENGINES
_opening = threading.Lock()


@dataclass(frozen=True)
class Outcome:
    """What `migrate` came to: the error and the migration that it ended with are empty if it ran.

    `statements` are all that were sent, `changes` those that change something. `cpu_seconds` are
    the client's.
    """

    statements: int
    changes: int
    error: str
    migration: str
    cpu_seconds: float = 0


class Cluster:
    """A gate with an empty database behind it, and `migrate` in processes of its own."""

    def __init__(self, gate: DsqlGate, server: PostgreSQL, database: str, engine: str) -> None:
        self._gate, self._server, self._database, self._engine = gate, server, database, engine

    def migrate(
        self, package: Package, killed_after: int = 0, backend: Path = sites.ROOT
    ) -> Outcome | None:
        """Run it, with dbauth from the folder `backend`; None if it was killed."""
        with tempfile.TemporaryDirectory(prefix="third-party-") as folder:
            result = Path(folder) / "result.json"
            try:
                done = subprocess.run(
                    [
                        *(sys.executable, "-m", "tests.third_party.child"),
                        str(result),
                        str(killed_after),
                    ],
                    cwd=folder,
                    env=self._environment(package, backend),
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=LONGEST_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                return Outcome(0, 0, str(error), "")
            if done.returncode == -signal.SIGKILL:
                return None
            if not result.exists():
                said = done.stderr.strip() or f"it ended with {done.returncode}"
                return Outcome(0, 0, said.splitlines()[-1], "")
            return Outcome(**json.loads(result.read_text()))

    def end_lease(self) -> None:
        """What the end of the time does after a process was killed."""
        self.rows(f"DELETE FROM {SCHEMA}.dbauth_migration_lease")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What is stored, asked behind the gate's back."""
        return self._server.execute(sql, self._database)

    def _environment(self, package: Package, backend: Path) -> dict[str, str]:
        own = self._engine == OURS
        options = {"hostaddr": "127.0.0.1", "sslrootcert": str(self._gate.ca)}
        more = {"schema": SCHEMA} if own else {"sslmode": "verify-full"}
        database = {
            "NAME": "postgres",
            "HOST": self._gate.host,
            "PORT": self._gate.port,
            "OPTIONS": {**options, **more},
            **ENGINES[self._engine],
        }
        apps = [*package.apps, *(["dbauth"] if own else [])]
        return child(
            self._gate.environment(),
            DJANGO_SETTINGS_MODULE="tests.third_party.settings",
            PYTHONPATH=os.pathsep.join(map(str, [backend, sites.ROOT])),
            THIRD_PARTY_SITE=str(sites.site(package)),
            THIRD_PARTY_DATABASES=json.dumps({"default": database}),
            THIRD_PARTY_PACKAGE=json.dumps({"apps": apps, "settings": package.settings}),
        )


@contextmanager
def empty_cluster(server: PostgreSQL, database: str, engine: str = OURS) -> Iterator[Cluster]:
    """`database` is the name of one that does not exist yet."""
    with ExitStack() as stack:
        with _opening:  # each makes the roles that it does not find
            server.create_database(database)
            gate = stack.enter_context(running_dsql_gate(server, database=database))
            gate.control.set_job_seconds(0)
            add_role(gate, ROLE, SCHEMA)
        yield Cluster(gate, server, database, engine)
