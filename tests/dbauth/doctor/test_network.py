"""Beyond the guide: what can be wrong between the name and the login."""

import contextlib
import socket
import ssl
import threading
import time
from contextlib import contextmanager

import psycopg2
import pytest

from dbauth.doctor.case import BUDGET
from tests.dbauth.conftest import DSQL_PRIVATE_HOST, RDS_HOST, wrapper
from tests.dbauth.doctor.conftest import PASSWORD_HOST, doctor, failure
from tests.rig.certificates import issue
from tests.rig.ports import free_port


@contextmanager
def answering(*chunks: bytes):
    """A port where each connection is sent these bytes and closed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            while True:
                try:
                    accepted, _ = listening.accept()
                except OSError:
                    return
                with accepted:
                    accepted.recv(64)
                    for chunk in chunks:
                        accepted.sendall(chunk)

        threading.Thread(target=serve, daemon=True).start()
        yield str(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def test_nobody_listens(rds):
    found = failure(wrapper(rds, PORT=str(free_port())))
    assert found.step == "tcp"
    assert "refused the connection" in found.cause
    assert "available and not stopped" in found.remedy


@pytest.mark.parametrize("engine", ["rds", "dsql"])
def test_another_service_listens(request, engine):
    door = request.getfixturevalue(engine)
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        found = failure(wrapper(door, PORT=port))
    assert found.step == "tls"
    assert "something that is not PostgreSQL" in found.remedy


def test_a_server_without_tls(rds):
    with answering(b"N") as port:
        found = failure(wrapper(rds, PORT=port))
    assert (found.step, found.cause) == ("tls", "The server does not offer TLS.")
    assert "verify-full" in found.remedy


@pytest.mark.parametrize("engine", ["rds", "dsql"])
def test_a_server_that_takes_connections_and_says_nothing(request, engine):
    door = request.getfixturevalue(engine)
    door.control.hang()
    started = time.monotonic()
    found = failure(wrapper(door))
    assert found.step == "tls"
    assert "a time-out" in found.cause
    assert time.monotonic() - started < BUDGET / 2


@pytest.mark.parametrize("engine", ["rds", "dsql"])
def test_roots_that_are_not_the_servers(request, engine, tmp_path):
    door = request.getfixturevalue(engine)
    found = failure(wrapper(door, options={"sslrootcert": str(issue(tmp_path, "a.b").ca)}))
    assert found.step == "tls"
    assert "does not chain to a trusted root" in found.cause
    assert "roots" in found.remedy


def test_roots_that_are_nowhere(rds):
    found = failure(wrapper(rds, options={"sslrootcert": "/nowhere.pem"}))
    assert found.step == "settings"
    assert "'/nowhere.pem'" in found.cause
    assert "global-bundle.pem" in found.remedy


def test_roots_that_are_nowhere_with_a_password(regular):
    status, report = doctor(regular({"sslrootcert": "/nowhere.pem"}))
    last = report["steps"][-1]
    assert (status, last["step"]) == (1, "tls")
    assert '"/nowhere.pem", cannot be read' in last["cause"]
    assert "global-bundle.pem" in last["remedy"]


def test_a_name_that_is_not_the_servers(rds):
    found = failure(wrapper(rds, HOST="other.cluster-c9akciq32.us-east-1.rds.amazonaws.com"))
    assert found.step == "tls"
    assert f"but for {RDS_HOST}." in found.cause
    assert "not to a CNAME" in found.remedy


def test_weaker_modes_verify_as_little_as_libpq_does(regular):
    other = {"HOST": "other.example.com"}
    for mode, expected in [
        ("verify-ca", "chain verified"),
        # libpq: "require" verifies the chain where there is a file with roots.
        ("require", "chain verified"),
        ("disable", 'not used: sslmode is "disable"'),
    ]:
        _, report = doctor(regular({"sslmode": mode}, **other))
        details = {step["step"]: step.get("detail", "") for step in report["steps"]}
        assert expected in details["tls"]


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
@pytest.mark.parametrize("name", [PASSWORD_HOST, "other.example.com"])
@pytest.mark.parametrize("roots", ["right", "wrong"])
def test_the_handshake_comes_to_the_same_result_as_libpqs(regular, tmp_path, mode, name, roots):
    options = {"sslmode": mode}
    if roots == "wrong":
        options["sslrootcert"] = str(issue(tmp_path, "a.b").ca)
    settings = regular(options, HOST=name)
    _, report = doctor(settings)
    tls = next(step for step in report["steps"] if step["step"] == "tls")
    assert tls["ok"] == _libpq_connects(settings)


def _libpq_connects(settings) -> bool:
    try:
        psycopg2.connect(
            host=settings["HOST"],
            port=settings["PORT"],
            user=settings["USER"],
            password=settings["PASSWORD"],
            dbname=settings["NAME"],
            **settings["OPTIONS"],
        ).close()
    except psycopg2.OperationalError as error:
        assert "certificate" in str(error)  # noqa: PT017 - any other reason would be the test's fault
        return False
    return True


@contextmanager
def mute_after_tls(certificate):
    """A port that takes TLS as PostgreSQL does, and says nothing from then on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain)
    held = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    accepted, _ = listening.accept()
                    accepted.recv(8)
                    accepted.sendall(b"S")
                    held.append(context.wrap_socket(accepted, server_side=True))

        threading.Thread(target=serve, daemon=True).start()
        yield str(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)
    for each in held:
        each.close()


def test_a_server_that_says_nothing_after_tls(rds, tmp_path):
    certificate = issue(tmp_path, RDS_HOST)
    started = time.monotonic()
    with mute_after_tls(certificate) as port:
        found = failure(wrapper(rds, options={"sslrootcert": str(certificate.ca)}, PORT=port))
    assert found.step == "login"
    assert "does not finish signing in: a time-out" in found.cause
    assert time.monotonic() - started < BUDGET / 2


def test_a_name_that_is_looked_up_is_shown(regular):
    _, report = doctor(regular({"sslmode": "require", "hostaddr": None}, HOST="localhost"))
    found = {step["step"]: step.get("detail", "") for step in report["steps"]}
    assert "127.0.0.1" in found["name"]


def test_the_private_name_of_a_cluster_works_with_hostaddr(dsql):
    settings = wrapper(dsql, "nobody", HOST=DSQL_PRIVATE_HOST)
    assert failure(settings).step == "login"
