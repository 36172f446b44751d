"""What tests hold of a door: where it is, whom it trusts, and its controls."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

from tests.rig.front_door.sigv4 import Credentials
from tests.rig.front_door.tls import make_certificates
from tests.rig.postgresql import PostgreSQL

ROOT = Path(__file__).resolve().parents[3]
ANSWER_SECONDS = 30
SCHEMES = {"password": "postgresql", "rds-iam": "rds-iam", "dsql": "dsql"}

Kind = Literal["password", "rds-iam", "dsql"]
Refusal = Literal[
    "access-denied", "starting-up", "too-many-connections", "signature-expired", "waking-up"
]

# AWS's own documentation uses the first pair; neither has ever been valid anywhere.
CREDENTIALS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credentials(
    "ASIAIOSFODNN7EXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", "rig+session/token=="
)


@dataclass(frozen=True)
class Statistics:
    """What the door counted since it opened or was reset.

    connects: sessions handed to the server. tokens: distinct ones seen, refused or not.
    refusals: a reason and a user each. open: sessions at this moment.
    """

    connects: int
    tokens: int
    refusals: list[dict[str, str]]
    open: int

    @property
    def reasons(self) -> list[str]:
        return [refusal["reason"] for refusal in self.refusals]


class Control:
    """Orders to a running door; each returns when it is in force."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        self._lines = self._socket.makefile("rw", encoding="utf-8")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def order(self, command: str, **arguments: object) -> Any:
        """The result of a command; RuntimeError if the door does not understand it."""
        self._lines.write(json.dumps({"command": command, **arguments}) + "\n")
        self._lines.flush()
        answer = json.loads(self._lines.readline() or '{"error": "the door has died"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def reset(self) -> None:
        """Undo every order and count from zero; open sessions stay open."""
        self.order("reset")

    def set_clock(self, offset: float) -> None:
        """Let the door's clock go `offset` seconds ahead of (negative: behind) this machine's."""
        self.order("set_clock", offset=offset)

    def set_credentials(self, *credentials: Credentials) -> None:
        """These are valid from now on, and no others."""
        self.order("set_credentials", credentials=[asdict(each) for each in credentials])

    def refuse(self, count: int, refusal: Refusal = "access-denied") -> None:
        """Turn the next `count` connects away."""
        self.order("refuse", count=count, refusal=refusal)

    def drop(self, how: Literal["reset", "eof"] = "reset") -> int:
        """Cut all open sessions off; how many there were."""
        dropped: int = self.order("drop", how=how)
        return dropped

    def hang(self) -> None:
        """Stop relaying, without closing anything; new connects get no answer either."""
        self.order("hang", hanging=True)

    def resume(self) -> None:
        self.order("hang", hanging=False)

    def delay(self, seconds: float) -> None:
        """Hold everything that is relayed for so long."""
        self.order("delay", seconds=seconds)

    def statistics(self) -> Statistics:
        return Statistics(**self.order("statistics"))


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
    postgresql: PostgreSQL,
    kind: Kind,
    hosts: Sequence[str],
    region: str = "us-east-1",
    module: str = "tests.rig.front_door",
) -> Iterator[FrontDoor]:
    """A door before the server, as a process of its own, for as long as the block lasts.

    `hosts` are the names on its certificate; tokens must be signed for one of them.
    """
    _prepare(postgresql, kind)
    with tempfile.TemporaryDirectory(prefix="carsite-front-door-") as folder:
        ca, certificate = make_certificates(Path(folder), hosts)
        settings = {
            "kind": kind,
            "hosts": list(hosts),
            "region": region,
            "certificate": str(certificate),
            "upstream_socket": str(postgresql.socket),
            "upstream_port": postgresql.port,
            "credentials": [asdict(CREDENTIALS), asdict(TEMPORARY)],
        }
        with _process(module, settings) as (process, ports):
            control = Control(ports["control"])
            try:
                yield FrontDoor(kind, list(hosts), region, ports["port"], ca, control, process)
            finally:
                control.close()


@contextlib.contextmanager
def _process(
    module: str, settings: Mapping[str, Any]
) -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{module} did not start; its error is above")
        yield process, json.loads(line)
        # The end of its stdin is the process's sign to go, and leaving the block closes it.


def _prepare(postgresql: PostgreSQL, kind: Kind) -> None:
    """The roles that AWS makes with a new database."""
    role = {"password": None, "rds-iam": "rds_iam", "dsql": "admin"}[kind]
    if role is None or postgresql.execute(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
        return
    if kind == "rds-iam":
        postgresql.execute("CREATE ROLE rds_iam")
    else:
        postgresql.execute("CREATE ROLE admin LOGIN CREATEROLE")
        postgresql.execute("GRANT ALL ON DATABASE postgres TO admin")
        postgresql.execute("GRANT ALL ON SCHEMA public TO admin")
