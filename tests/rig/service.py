"""The service as a process of its own, on a free loopback port, and a client for it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.rig import forked
from tests.rig.certificates import Certificate
from tests.rig.environment import child
from tests.rig.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 600  # machines may be busy with other tests
STOP_SECONDS = 300
REQUEST_SECONDS = 300
ADMIN = ("keeper", "a-password-for-tests")

RUNSERVER = ("manage.py", "runserver", "--noreload", "127.0.0.1:{port}")
# The deployed settings insist on HTTPS, so they get it.
GUNICORN = (
    *("-m", "gunicorn", "--bind=127.0.0.1:{port}", "--worker-class=gthread", "--threads=64"),
    *(
        "--certfile={certificate}",
        "--keyfile={certificate}",
        "--log-level=warning",
        "--limit-request-line=0",
        # No connection that a slow test comes back to has just been closed.
        "--keep-alive=120",
    ),
    "carsite.wsgi:application",
)


@dataclass
class Service:
    """One service. `rows` runs SQL in its database, behind the service's back."""

    name: str
    engine: str
    environment: Mapping[str, str] = field(repr=False)
    rows: Callable[[str], list[tuple]] = field(repr=False)
    log: Path = field(repr=False)
    certificate: Certificate | None = field(default=None, repr=False)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def prefix(self) -> str:
        """What comes before every path: API Gateway's stage."""
        return ""

    @property
    def origin(self) -> str:
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return self.origin + self.prefix

    def client(self) -> Client:
        verify = str(self.certificate.ca) if self.certificate else True
        return Client(self.origin, self.prefix, verify=verify)

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a management command with the service's settings; its output."""
        done = forked.python(
            "manage.py", *arguments, environment={**self._environment(), **environment}
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def prepare(self) -> None:
        """Tables, and a superuser for the admin."""
        self.manage("migrate", "--verbosity=0")
        name, password = ADMIN
        self.manage(
            *("createsuperuser", "--noinput", f"--username={name}", "--email=keeper@example.com"),
            DJANGO_SUPERUSER_PASSWORD=password,
        )

    def start(self) -> None:
        template = GUNICORN if self.certificate else RUNSERVER
        certificate = self.certificate.chain if self.certificate else None
        command = [part.format(port=self.port, certificate=certificate) for part in template]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self._environment(),
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                self.client().get("/schema", timeout=5)
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the service '{self.name}' did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def _environment(self) -> dict[str, str]:
        return child(self.environment)


class Client(requests.Session):
    """Requests by path, JSON unless said otherwise; redirects are for the test to see.

    A path is below the service's prefix, whether it begins with it, as links do, or not.
    """

    def __init__(self, origin: str, prefix: str, *, verify: str | bool) -> None:
        super().__init__()
        self.origin, self.prefix = origin, prefix
        self.verify = verify
        self.trust_env = False
        self.headers["Accept"] = "application/json"

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", REQUEST_SECONDS)
        kwargs["allow_redirects"] = False
        return super().request(method, self.absolute(url), *args, **kwargs)

    def absolute(self, url: str) -> str:
        path = url.removeprefix(self.origin)
        inside = path == self.prefix or path.startswith((f"{self.prefix}/", f"{self.prefix}?"))
        return self.origin + (path if inside else self.prefix + path)

    def login(self, name: str = ADMIN[0], password: str = ADMIN[1]) -> None:
        """Log in at the admin, as a browser does."""
        answer = self.submit("/admin/login/", {"username": name, "password": password})
        assert answer.status_code == 302, answer.text

    def submit(self, path: str, form: Mapping[str, Any]) -> requests.Response:
        """Open a page with a form and send it back filled in, with its CSRF token."""
        page = self.get(path, headers={"Accept": "text/html"}).text
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        return self.post(
            path,
            data={"csrfmiddlewaretoken": token, **form},
            headers={
                "Accept": "text/html",
                "Referer": self.absolute(path),
                "Origin": self.origin,
            },
        )
