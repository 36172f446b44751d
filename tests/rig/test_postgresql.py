"""The server that the other tests stand on."""

import signal
import socket
import threading
from contextlib import closing

import psycopg2
import pytest

from tests.rig.postgresql import PostgreSQL, running_postgresql


@pytest.fixture(scope="module")
def server():
    with running_postgresql() as running:
        yield running


def test_it_is_a_real_server_on_loopback(server: PostgreSQL):
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 6 * 7, inet_server_addr()")
        assert cursor.fetchone() == (42, "127.0.0.1")
    assert server.execute("SHOW server_version_num")[0][0] >= "160000"


def test_a_wrong_password_is_refused(server: PostgreSQL):
    wrong = server.url().replace(server.password, "wrong")

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)


def test_only_this_user_may_open_the_socket_on_which_it_trusts(server: PostgreSQL):
    assert server.socket.stat().st_mode & 0o077 == 0


def test_kill_minus_nine_loses_no_acknowledged_commit(server: PostgreSQL):
    server.execute("CREATE TABLE acknowledged (id integer PRIMARY KEY)")
    connection = server.connect()
    with connection.cursor() as cursor:
        for number in range(500):
            cursor.execute("INSERT INTO acknowledged VALUES (%s)", [number])
    server.restart(signal.SIGKILL)
    connection.close()

    assert server.execute("SELECT count(*) FROM acknowledged") == [(500,)]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_restart_keeps_port_and_data_and_ends_the_sessions(server: PostgreSQL, how):
    database = server.create_database(f"kept_{how.name.lower()}")
    port = server.port
    connection = server.connect()
    server.restart(how)

    with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert server.port == port
    assert server.execute("SELECT current_database()", database) == [(database,)]


def test_it_waits_for_its_port_where_another_has_it(server: PostgreSQL):
    server.stop()
    with socket.create_server((server.host, server.port)) as other:
        released = threading.Timer(1, other.close)
        released.start()
        server.start()
        released.join()

    assert server.execute("SELECT 1") == [(1,)]


def test_when_it_is_stopped_nobody_answers(server: PostgreSQL):
    server.stop()
    try:
        with pytest.raises(psycopg2.OperationalError, match="refused"):
            server.connect()
    finally:
        server.start()
