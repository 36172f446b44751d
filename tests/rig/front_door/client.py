"""What tests hold of a door: where it is, whom it trusts, and its controls."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlencode

from tests.rig import certificates
from tests.rig.front_door.control_client import Control
from tests.rig.front_door.sigv4 import Credentials

if TYPE_CHECKING:
    # The door's own process imports this module as well, and needs neither.
    import trustme

    from tests.rig.postgresql import PostgreSQL

ROOT = Path(__file__).resolve().parents[3]
SCHEMES = {
    "password": "postgresql",
    "rds-iam": "rds-iam",
    "rds-proxy": "rds-iam",
    "dsql": "dsql",
}
MODULES = {"rds-proxy": "tests.rig.front_door.proxy"}

Kind = Literal["password", "rds-iam", "rds-proxy", "dsql"]

# AWS's own documentation uses the first pair; neither has ever been valid anywhere.
CREDENTIALS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credentials(
    "ASIAIOSFODNN7EXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", "rig+session/token=="
)


@dataclass
class FrontDoor:
    """A running door. Clients use its host as the name and 127.0.0.1 as the `hostaddr`."""

    kind: Kind
    hosts: list[str]
    region: str
    port: int
    ca: Path
    control: Control
    process: subprocess.Popen[str] = field(repr=False)
    credentials: Credentials = CREDENTIALS
    temporary: Credentials = TEMPORARY

    @property
    def host(self) -> str:
        return self.hosts[0]

    def url(
        self, user: str, database: str = "postgres", password: str | None = None, **options: str
    ) -> str:
        """A DATABASE_URL that leads through this door with TLS verified."""
        login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        query = urlencode({"hostaddr": "127.0.0.1", "sslrootcert": str(self.ca)} | options)
        scheme = "postgresql" if password else SCHEMES[self.kind]
        return f"{scheme}://{login}@{self.host}:{self.port}/{database}?{query}"

    def environment(self, credentials: Credentials | None = None) -> dict[str, str]:
        """The variables in which Lambda hands credentials and region to a function."""
        credentials = credentials or self.credentials
        token = (
            {"AWS_SESSION_TOKEN": credentials.session_token} if credentials.session_token else {}
        )
        return token | {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
            "AWS_REGION": self.region,
        }


@contextlib.contextmanager
def running_front_door(
    postgresql: PostgreSQL, kind: Kind, hosts: Sequence[str], region: str = "us-east-1"
) -> Iterator[FrontDoor]:
    """A door before the server, as a process of its own, for as long as the block lasts.

    `hosts` are the names on its certificate; tokens must be signed for one of them.
    """
    with (
        door_process(
            MODULES.get(kind, "tests.rig.front_door"), postgresql, kind, hosts, region=region
        ) as opened,
        contextlib.closing(Control(opened.control_port)) as control,
    ):
        yield FrontDoor(kind, list(hosts), region, opened.port, opened.ca, control, opened.process)


@dataclass(frozen=True)
class Opened:
    """A door's process, and where it is."""

    process: subprocess.Popen[str]
    port: int
    control_port: int
    ca: Path


@dataclass(frozen=True)
class Shared:
    """What the regional endpoints of one cluster have in common.

    authority: who issues their certificates. catalog: a file that grows with each DDL.
    round_trip: seconds from one region to the other and back.
    """

    authority: trustme.CA
    catalog: Path
    round_trip: float = 0.0


@contextlib.contextmanager
def door_process(
    module: str,
    postgresql: PostgreSQL,
    kind: Kind,
    hosts: Sequence[str],
    *,
    region: str,
    database: str = "postgres",
    shared: Shared | None = None,
) -> Iterator[Opened]:
    """Run `python -m module` with certificates for the hosts."""
    _prepare(postgresql, kind, database)
    with tempfile.TemporaryDirectory(prefix="carsite-front-door-") as folder:
        shared = shared or Shared(certificates.new_authority(), Path(folder) / "catalog")
        certificate = certificates.issue(Path(folder), *hosts, authority=shared.authority)
        settings = {
            "kind": kind,
            "hosts": list(hosts),
            "region": region,
            "certificate": str(certificate.chain),
            "upstream_socket": str(postgresql.socket),
            "upstream_port": postgresql.port,
            "credentials": [asdict(CREDENTIALS), asdict(TEMPORARY)],
            "database": database,
            "catalog": str(shared.catalog),
            "round_trip": shared.round_trip,
        }
        with _started(module, settings) as (process, ports):
            yield Opened(process, ports["port"], ports["control"], certificate.ca)


@contextlib.contextmanager
def _started(
    module: str, settings: Mapping[str, Any]
) -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # Leaving the block closes the process's stdin, which is its sign to go, and waits for it.
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{module} did not start; its error is above")
        yield process, json.loads(line)


def _prepare(postgresql: PostgreSQL, kind: Kind, database: str) -> None:
    """The roles that AWS makes with a new database, and what they may do in it."""
    if kind == "rds-iam":
        _make_role(postgresql, "rds_iam", "NOLOGIN")
    elif kind == "dsql":
        _make_role(postgresql, "admin", "LOGIN CREATEROLE")
        postgresql.execute(f'GRANT ALL ON DATABASE "{database}" TO admin')
        postgresql.execute("GRANT ALL ON SCHEMA public TO admin", database)


def _make_role(postgresql: PostgreSQL, name: str, options: str) -> None:
    if not postgresql.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):
        postgresql.execute(f"CREATE ROLE {name} {options}")
