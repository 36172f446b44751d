"""A limit on waiting for the network, on connections of the dbauth engine and of Django's own."""

import socket
import time
from contextlib import closing

import psycopg2
import pytest

from dbauth.deadline import deadline
from tests.dbauth.conftest import ask, wrapper


class Socket:
    """The least that a connection has to offer."""

    def __init__(self, end):
        self.end = end

    def fileno(self):
        return self.end.fileno()


def test_a_call_that_ends_in_time_notices_nothing(rds):
    connection = wrapper(rds)
    connection.ensure_connection()
    with deadline(connection.connection, 0.2):
        assert ask(connection, "SELECT 1") == 1
    time.sleep(0.3)
    assert ask(connection, "SELECT 1") == 1


def test_a_call_that_hangs_ends_in_the_drivers_error(rds):
    connection = wrapper(rds)
    connection.ensure_connection()
    rds.control.hang()
    started = time.monotonic()
    with (
        pytest.raises(psycopg2.OperationalError),
        connection.connection.cursor() as cursor,
        deadline(connection.connection, 0.3),
    ):
        cursor.execute("SELECT 1")
    assert 0.2 < time.monotonic() - started < 2
    assert connection.connection.closed


def test_a_plain_connection_has_deadlines_too(server):
    with (
        closing(server.connect()) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.OperationalError),
        deadline(connection, 0.2),
    ):
        cursor.execute("SELECT pg_sleep(20)")


def test_a_timer_that_fires_as_the_block_ends_comes_too_late(monkeypatch):
    monkeypatch.setattr("dbauth.deadline.threading", LateTimer())
    left, right = socket.socketpair()
    with left, right:
        with deadline(Socket(left), 5):
            pass
        left.sendall(b"still open")
        assert right.recv(100) == b"still open"


class LateTimer:
    """Stands for `threading`: the timer's thread gets the lock when the block lets go of it."""

    def Timer(self, _seconds, fire):  # noqa: N802 - threading's name
        self.fire = fire
        return self

    def Lock(self):  # noqa: N802 - threading's name
        return self

    def start(self):
        pass

    cancel = __enter__ = start

    def __exit__(self, *_):
        fire, self.fire = self.fire, lambda: None
        fire()


def test_an_error_inside_passes_through():
    left, right = socket.socketpair()
    with left, right, pytest.raises(KeyError), deadline(Socket(left), 5):
        raise KeyError


def test_a_descriptor_that_was_given_to_somebody_else_is_left_alone():
    left, right = socket.socketpair()
    with deadline(Socket(left), 0.1):
        number = left.fileno()
        left.close()
        stranger, peer = socket.socketpair()
        assert number in (stranger.fileno(), peer.fileno())
        time.sleep(0.3)
    with right, stranger, peer:
        stranger.sendall(b"still open")
        assert peer.recv(100) == b"still open"
