"""The site of a stage: its management commands, and Django's own server."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.rig.environment import child
from tests.rig.service import ROOT

ADMINISTRATOR = "keeper"
SAMPLE = "cars/sample/cars.csv"
STOP_SECONDS = 300
# One start of Django for all of them. The first that fails ends it.
IN_TURN = """
import json, sys
from django.core.management import execute_from_command_line
for command in json.loads(sys.argv[1]):
    execute_from_command_line(["manage.py", *command])
"""


@dataclass
class Site:
    """A stage with the variables that all of its processes get; `folder` is for static files."""

    stage: str
    folder: Path
    variables: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.variables |= {
            **child(),
            "DJANGO_SETTINGS_MODULE": f"tests.rig.stages.{self.stage}",
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "STATIC_ROOT": str(self.folder / "static"),
        }

    def manage(self, variables: Mapping[str, str], *commands: list[str]) -> None:
        """Run commands; raises subprocess.CalledProcessError, whose message is above it."""
        subprocess.run(
            [sys.executable, "-c", IN_TURN, json.dumps(commands)],
            cwd=ROOT,
            env={**self.variables, **variables},
            stdout=sys.stderr,
            check=True,
            start_new_session=True,  # Ctrl-C is for us, and ends it without a traceback
        )

    def prepare(self, database: Mapping[str, str]) -> str:
        """Tables, sample cars, static files and an administrator, whose password this returns."""
        self.variables |= database
        password = secrets.token_urlsafe(12)
        self.manage(
            {"DJANGO_SUPERUSER_PASSWORD": password},
            ["migrate", "--verbosity=0"],
            ["load_cars", "--if-empty", SAMPLE],
            ["collectstatic", "--noinput", "--verbosity=0"],
            [
                *("createsuperuser", "--noinput", "--verbosity=0"),
                *(f"--username={ADMINISTRATOR}", "--email=keeper@example.com"),
            ],
        )
        return password

    @contextlib.contextmanager
    def serving(self, port: int, way: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """runserver, which restarts after each change of the code, on this way to the database."""
        server = subprocess.Popen(
            [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env={**self.variables, **way},
            stdin=subprocess.DEVNULL,
            # A group of its own: Ctrl-C is for us, and it and its child get one signal, from us.
            start_new_session=True,
        )
        try:
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(STOP_SECONDS)
