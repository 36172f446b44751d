"""A limit on waiting for the network, on connections of the dbauth engine and of Django's own."""

import gc
import math
import os
import socket
import sys
import threading
import time
from contextlib import closing, contextmanager
from contextvars import copy_context
from pathlib import Path

import psycopg2
import pytest
from django.db import OperationalError

from dbauth import deadline as module
from dbauth.deadline import attend, deadline, limit_end, time_limit
from dbauth.watchdog import Watchdog
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
    assert 0.2 < time.monotonic() - started < 60
    assert connection.connection.closed


def test_a_plain_connection_has_deadlines_too(server):
    with (
        closing(server.connect()) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg2.OperationalError),
        deadline(connection, 0.2),
    ):
        cursor.execute("SELECT pg_sleep(20)")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's counters are read")
def test_deadlines_of_one_length_wake_no_thread_each(server):
    left, right = socket.socketpair()
    with left, right, closing(server.connect()) as connection, connection.cursor() as cursor:
        with deadline(Socket(left), 60):
            (thread,) = [each for each in threading.enumerate() if each.name == "dbauth"]
        before = pauses_of(thread)
        for _ in range(50):
            with deadline(Socket(left), 60):
                pass
            cursor.execute("SELECT 1")  # other threads may run
        assert pauses_of(thread) - before < 10


def pauses_of(thread):
    """How often it has waited for something so far."""
    status = Path(f"/proc/self/task/{thread.native_id}/status").read_text()
    return int(status.partition("voluntary_ctxt_switches:")[2].split()[0])


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


def test_what_outlives_a_time_limit_shuts_down_nobody_elses_socket():
    left, right = socket.socketpair()
    with left, right, time_limit(0):
        attend(Socket(left))
        outliving = copy_context()
    with pairs(2) as ((stranger, peer), (late, its_peer)):
        assert not outliving.run(attend, Socket(late))
        for sender, receiver in [(stranger, peer), (late, its_peer)]:
            sender.sendall(b"still open")
            assert receiver.recv(100) == b"still open"


def test_what_outlives_a_time_limit_is_no_longer_under_it(rds):
    with time_limit(0):
        outliving = copy_context()
    assert outliving.run(limit_end) == math.inf
    assert outliving.run(ask, wrapper(rds), "SELECT 1") == 1


def test_a_time_limit_whose_thread_cannot_be_started_is_none(monkeypatch):
    def start(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(module, "watchdog", Watchdog())
    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="new thread"), time_limit(60):
        pass
    assert limit_end() == math.inf


def test_an_interrupted_shutdown_closes_no_descriptor_twice(monkeypatch):
    class Interrupted(socket.socket):
        def shutdown(self, _):
            raise KeyboardInterrupt

    left, right = socket.socketpair()
    number = left.fileno()
    with left, right, monkeypatch.context() as patched:
        patched.setattr(socket, "socket", Interrupted)
        with pytest.raises(KeyboardInterrupt) as raised, time_limit(0):
            attend(Socket(left))
        del raised
        gc.collect()
        os.fstat(number)  # raises OSError if it is closed


@contextmanager
def pairs(count):
    """Pairs of sockets that have the lowest numbers which are free."""
    made = [socket.socketpair() for _ in range(count)]
    try:
        yield made
    finally:
        for each in made:
            for end in each:
                end.close()


@pytest.mark.parametrize("isolated", [True, False], ids=["statement", "commit"])
def test_no_wait_inside_a_time_limit_outlasts_it(rds, isolated):
    connection = wrapper(rds)
    ask(connection, "SELECT 1")
    with time_limit(0.3), pytest.raises(OperationalError):  # noqa: PT012 - a block is the subject
        if isolated:
            rds.control.hang()
            ask(connection, "SELECT 1")
        with transaction_of(connection):
            ask(connection, "SELECT 1")
            rds.control.hang()
    rds.control.resume()
    connection.close()
    assert ask(connection, "SELECT 1") == 1


@contextmanager
def transaction_of(connection):
    connection.set_autocommit(False)
    yield
    connection.commit()


def test_a_connection_that_is_opened_inside_a_time_limit_is_under_it(rds):
    connection = wrapper(rds)
    with time_limit(1), pytest.raises(OperationalError):
        ask(connection, "SELECT pg_sleep(20)")


def test_connecting_ends_with_the_time_limit(rds):
    rds.control.hang()
    with time_limit(0.5), pytest.raises(OperationalError):
        wrapper(rds, options={"connect_timeout": 60}).ensure_connection()


def test_the_earlier_of_two_time_limits_counts(rds):
    connection = wrapper(rds)
    ask(connection, "SELECT 1")
    with time_limit(0.3), time_limit(60), pytest.raises(OperationalError):
        ask(connection, "SELECT pg_sleep(20)")


def test_a_time_limit_that_has_ended_leaves_the_connection_alone(rds):
    connection = wrapper(rds)
    ask(connection, "SELECT 1")
    with time_limit(0.2):
        first = ask(connection, "SELECT pg_backend_pid()")
    time.sleep(0.3)
    assert ask(connection, "SELECT pg_backend_pid()") == first


def test_outside_of_a_time_limit_a_statement_has_one_of_its_own(rds):
    connection = wrapper(rds, options={"answer_seconds": 0.3})
    ask(connection, "SELECT 1")
    with pytest.raises(OperationalError):
        ask(connection, "SELECT pg_sleep(20)")


def test_a_child_process_has_a_watchdog_of_its_own():
    left, right = socket.socketpair()
    with left, right, deadline(Socket(left), 60):
        child = os.fork()
        if child == 0:
            with deadline(Socket(left), 0.1):
                os._exit(len(left.recv(1)))  # b"" once it is shut down
        _, status = os.waitpid(child, 0)
    assert status == 0
