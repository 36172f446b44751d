"""A connection is handed out whole, and let go of where it can no longer do what it is for."""

import os
import socket
import threading
import time

import pytest
from django.db import InternalError, OperationalError
from django.db.utils import ConnectionHandler

from dbauth import dialling
from tests.dbauth.conftest import ask, wrapper


@pytest.fixture
def connection(server, django_db_blocker):
    databases = ConnectionHandler(
        {
            "default": {
                "ENGINE": "dbauth.password",
                "NAME": "postgres",
                "USER": server.user,
                "PASSWORD": server.password,
                "HOST": "127.0.0.1",
                "PORT": str(server.port),
                "OPTIONS": {"target_session_attrs": "read-write"},
            }
        }
    )
    with django_db_blocker.unblock():
        yield databases["default"]
        databases.close_all()


def test_a_connection_whose_set_up_failed_is_closed(rds, monkeypatch):
    connection = wrapper(rds)
    whole = type(connection).set_up

    def fail(self):
        raise OperationalError("XX000")

    monkeypatch.setattr(type(connection), "set_up", fail)
    with pytest.raises(OperationalError):
        connection.ensure_connection()
    assert connection.connection is None
    monkeypatch.setattr(type(connection), "set_up", whole)
    assert ask(connection, "SELECT 1") == 1


def test_setting_up_has_a_limit(rds, monkeypatch):
    connection = wrapper(rds, options={"connect_timeout": 1})
    monkeypatch.setattr(
        type(connection),
        "set_up",
        lambda self: self.connection.cursor().execute("SELECT pg_sleep(20)"),
    )
    with pytest.raises(Exception, match=r"(?i)closed|EOF|terminat"):
        connection.ensure_connection()


def test_a_session_that_became_read_only_is_let_go_of(connection):
    assert ask(connection, "SELECT 1") == 1
    ask(connection, "SELECT set_config('default_transaction_read_only', 'on', false)")
    with pytest.raises(InternalError):
        ask(connection, "CREATE TABLE nothing (id int)")
    assert ask(connection, "SHOW transaction_read_only") == "off"


def test_a_vanished_peer_is_noticed_by_keepalives(connection):
    connection.ensure_connection()
    own = socket.socket(fileno=os.dup(connection.connection.fileno()))
    with own:
        assert own.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5
        assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000


def test_a_silent_resolver_is_part_of_connect_timeout(rds, monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(20))
    connection = wrapper(rds, options={"connect_timeout": 1, "hostaddr": ""})
    with pytest.raises(OperationalError, match=r"translate host name.*no answer"):
        connection.ensure_connection()
    released.set()


def test_all_addresses_of_a_name_share_the_time(monkeypatch):
    found = [(0, 0, 0, "", (f"192.0.2.{n}", 0)) for n in (1, 2, 2, 3)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    params = dialling.within_limits({"host": "db.example.com"}, time.monotonic() + 5)
    assert params["hostaddr"] == "192.0.2.1,192.0.2.2"
    assert params["host"] == "db.example.com,db.example.com"
    assert params["connect_timeout"] == 2


def test_without_time_nobody_is_dialled():
    with pytest.raises(Exception, match="no time is left"):
        dialling.within_limits({"host": "192.0.2.1"}, time.monotonic())
