"""The project of `project/` as a running site, and its management commands."""

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import requests

from tests.rig import forked
from tests.rig.environment import child

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "tests.dbauth.project.settings"


def environment(database: dict, **variables: str) -> dict[str, str]:
    """The project's settings and the variables given, credentials among them."""
    settings = {"DATABASE": json.dumps(database), "DJANGO_SETTINGS_MODULE": SETTINGS}
    return child(settings, **variables)


def manage(database: dict, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The outcome of a management command in the project."""
    return forked.python("-m", "django", *command, environment=environment(database, **variables))


def python(database: dict, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The outcome of `code` in a process with the project's settings."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(database, **variables) | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


class Site:
    """A process that serves the project; it has one thread, so one database connection."""

    def __init__(self, process: subprocess.Popen[str], log: IO[bytes]) -> None:
        self._process = process
        self._log = log
        self.url = f"http://127.0.0.1:{self._read().strip()}/groups"

    def get(self) -> requests.Response:
        return requests.get(self.url, timeout=600)

    def count(self) -> int:
        response = self.get()
        assert response.status_code == 200, response.text
        count: int = response.json()["count"]
        return count

    def post(self, name: str, rows: int = 4, seconds: float = 0) -> requests.Response:
        arguments = {"name": name, "rows": str(rows), "seconds": str(seconds)}
        return requests.post(self.url, params=arguments, timeout=600)

    def order(self, **order: object) -> None:
        """Change the clock or the environment of the process, or go on (project/serve.py)."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        assert self._read() == "done\n"

    @property
    def log(self) -> str:
        return Path(self._log.name).read_text()

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextlib.contextmanager
def running_site(database: dict, **variables: str) -> Iterator[Site]:
    """The project behind a WSGI server for as long as the block lasts."""
    with (
        tempfile.NamedTemporaryFile(suffix=".log") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.dbauth.project.serve"],
            cwd=ROOT,
            env=environment(database, **variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        # Leaving the block closes its stdin, which ends it.
        yield Site(process, log)
