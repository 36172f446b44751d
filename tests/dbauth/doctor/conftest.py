"""Databases with everything in order, for the tests to spoil; and STS out of reach."""

import json
import socket
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from dbauth.doctor import Finding, examine
from tests.dbauth.conftest import entry
from tests.dbauth.site import manage
from tests.rig.conftest import run_alone
from tests.rig.dsql_gate import running_dsql_gate
from tests.rig.front_door import CREDENTIALS, running_front_door
from tests.rig.ports import free_port

PASSWORD_HOST = "regular.cluster-c9akciq32.us-east-1.rds.amazonaws.com"
PASSWORD = "p4ssword-not-to-be-seen"


@pytest.fixture(autouse=True)
def _sts_is_out_of_reach(monkeypatch):
    """No test may ask AWS; nobody listens where this leads."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{free_port()}")


def failure(connection) -> Finding:
    """The one finding that is not in order."""
    *before, last = examine(connection)
    assert all(finding.ok for finding in before)
    assert not last.ok, last
    return last


def doctor(database: dict, *arguments: str, **variables: str):
    """`manage.py dbdoctor --json` in a process of its own: its exit status and its report."""
    done = manage(database, "dbdoctor", "--json", *arguments, EXTRA_APPS='["dbauth"]', **variables)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@contextmanager
def silent_port():
    """A port whose SYN packets are dropped, as a security group drops them."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        port = listening.getsockname()[1]
        waiting: list[socket.socket] = []
        try:
            # The kernel drops what comes once the queue of those to be accepted is full.
            while len(waiting) < 16:
                waiting.append(socket.socket())
                waiting[-1].setblocking(False)
                waiting[-1].connect_ex(("127.0.0.1", port))
            yield port
        finally:
            for each in waiting:
                each.close()


@pytest.fixture(scope="session")
def _rds_database(server, _rds_door):
    name = server.create_database("doctor", owner="app")
    settings = entry(_rds_door, "app", NAME=name)
    assert manage(settings, "migrate", **_rds_door.environment()).returncode == 0
    return name


@pytest.fixture
def aurora(rds, _rds_database, server):
    """A function of options and settings, that gives an entry in perfect order but for them."""

    def settings(options: dict | None = None, user: str = "app", **changes):
        return entry(rds, user, options, **{"NAME": _rds_database} | changes)

    return settings


@pytest.fixture(scope="session")
def dsql_gate(server):
    name = server.create_database("doctor_dsql")
    with running_dsql_gate(server, database=name) as gate:
        run_alone(gate, "CREATE ROLE keeper LOGIN")
        run_alone(gate, f"AWS IAM GRANT keeper TO '{CREDENTIALS.arn}'")
        server.execute("CREATE SCHEMA yard", name)
        settings = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": server.user,
            "PASSWORD": server.password,
            "HOST": server.host,
            "PORT": server.port,
            "OPTIONS": {"options": "-c search_path=yard"},
        }
        done = manage(settings, "migrate")
        assert done.returncode == 0, done.stderr
        server.execute("GRANT ALL ON SCHEMA yard TO keeper", name)
        server.execute("GRANT ALL ON ALL TABLES IN SCHEMA yard TO keeper", name)
        yield gate


@pytest.fixture
def cluster(dsql_gate, aws):
    """As `aurora`, for a role of Aurora DSQL and its schema."""
    aws(dsql_gate.environment())

    def settings(options: dict | None = None, user: str = "keeper", **changes):
        return entry(dsql_gate, user, {"schema": "yard"} | (options or {}), **changes)

    return settings


@pytest.fixture(scope="session")
def _password_door(server):
    with running_front_door(server, "password", [PASSWORD_HOST]) as door:
        server.execute(f"CREATE ROLE regular LOGIN PASSWORD '{PASSWORD}'")
        yield door


@pytest.fixture
def regular(_password_door, _rds_database, server, aws):
    """As `aurora`, for Django's own backend with a password; no AWS credentials anywhere."""
    server.execute("GRANT app TO regular")

    def settings(options: dict | None = None, **changes):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _rds_database,
            "USER": "regular",
            "PASSWORD": PASSWORD,
            "HOST": PASSWORD_HOST,
            "PORT": str(_password_door.port),
            "OPTIONS": {
                "hostaddr": "127.0.0.1",
                "sslmode": "verify-full",
                "sslrootcert": str(_password_door.ca),
            }
            | (options or {}),
        } | changes

    return settings


class STS(HTTPServer):
    """Answers every request as it is told, and keeps what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), STSAnswer)
        self.answer = (404, "")
        self.asked: list[str] = []


class STSAnswer(BaseHTTPRequestHandler):
    server: STS

    def do_GET(self):
        status, body = self.server.answer
        self.server.asked.append(self.path)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments):
        """Nothing: the log is the tests'."""


@pytest.fixture
def sts(monkeypatch):
    """AWS's STS, as far as it is asked who somebody is; set `answer` to a status and a body."""
    with STS() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
