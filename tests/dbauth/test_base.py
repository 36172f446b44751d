"""ENGINE "dbauth" through the front door: let in, turned away, and at what price in tokens."""

import logging
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from types import SimpleNamespace

import psycopg2
import pytest
import trustme
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from dbauth.base import DatabaseWrapper
from dbauth.iam import credentials as signer
from dbauth.iam.tokens import Token, TokenCache
from dbauth.liveness import has_news
from tests.dbauth.conftest import ask, handler, wait_until, wrapper
from tests.rig.front_door import TEMPORARY, Credentials

MINUTE = 60
ODD_USER = "App O'Neil +1"


def refusal(connection) -> str:
    """The message of the error that connecting ends in."""
    with pytest.raises(OperationalError) as caught:
        connection.ensure_connection()
    return str(caught.value)


# Let in


@pytest.mark.parametrize("user", ["app", ODD_USER])
def test_a_role_of_iam_signs_in_without_a_password(rds, user):
    connection = wrapper(rds, user)
    assert ask(connection, "SELECT session_user") == user
    assert connection.connection.info.ssl_in_use
    assert connection.settings_dict["PASSWORD"] == ""


def test_temporary_credentials_sign_in(rds, aws):
    aws(rds.environment(TEMPORARY))
    assert ask(wrapper(rds), "SELECT session_user") == "app"


def test_a_new_connection_is_one_line_in_the_log(rds, caplog):
    caplog.set_level(logging.DEBUG)
    wrapper(rds).ensure_connection()
    (line,) = [record for record in caplog.records if record.name == "dbauth"]
    assert line.levelno == logging.INFO
    assert line.getMessage() == (
        f"Connected to {rds.host}:{rds.port}/postgres as app (default) with an IAM token 0 s old"
    )


def test_the_session_is_an_ordinary_one(rds):
    connection = wrapper(rds)
    assert connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (id integer)")
        cursor.copy_expert("COPY copied FROM STDIN", StringIO("1\n2\n3\n"))
    assert ask(connection, "SELECT sum(id) FROM copied") == 6


def test_options_of_the_backend_are_not_sent_to_libpq(rds):
    options = {"region": "us-east-1", "idle_check_seconds": "2.5", "application_name": "dbauth"}
    connection = wrapper(rds, options=options)
    assert ask(connection, "SHOW application_name") == "dbauth"


def test_a_peer_that_vanishes_is_given_up_before_api_gateway_ends_the_request(rds):
    connection = wrapper(rds)
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as watched:
        assert watched.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        idle, interval, count, unacknowledged = (
            watched.getsockopt(socket.IPPROTO_TCP, option)
            for option in (
                socket.TCP_KEEPIDLE,
                socket.TCP_KEEPINTVL,
                socket.TCP_KEEPCNT,
                socket.TCP_USER_TIMEOUT,
            )
        )
    assert (idle, interval, count, unacknowledged) == (5, 5, 2, 10_000)
    assert idle + interval * count < 29


# At what price


def test_a_hundred_threads_connecting_at_once_need_one_token(rds):
    databases = handler(rds, options={"connect_timeout": 30})

    def connect(_):
        connection = databases["default"]
        connection.ensure_connection()
        time.sleep(0.2)  # all hundred are open at once
        connection.close()

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(connect, range(100)))
    statistics = rds.control.statistics()
    assert (statistics.connects, statistics.tokens, statistics.refusals) == (100, 1, [])


class Clock:
    """A wall clock that moves when it is told to."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


class Hour:
    """A simulated hour: the product's clock and the door's move together."""

    def __init__(self, door, monkeypatch):
        self.door = door
        self.offset = 0
        monkeypatch.setattr(DatabaseWrapper, "tokens", TokenCache(clock=self.clock))

    def clock(self):
        return time.time() + self.offset

    def serve_a_request_a_minute(self, connection):
        for _ in range(60):
            assert ask(connection, "SELECT 1") == 1
            connection.close_if_unusable_or_obsolete()
            self.offset += MINUTE
            self.door.control.set_clock(self.offset)


def test_an_hour_without_persistent_connections_is_sixty_connects_and_five_tokens(rds, monkeypatch):
    connection = wrapper(rds, CONN_MAX_AGE=0)
    Hour(rds, monkeypatch).serve_a_request_a_minute(connection)
    statistics = rds.control.statistics()
    assert (statistics.connects, statistics.tokens, statistics.refusals) == (60, 5, [])


def test_an_hour_with_a_persistent_connection_is_one_connect_and_one_token(rds, monkeypatch):
    connection = wrapper(rds, CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True)
    Hour(rds, monkeypatch).serve_a_request_a_minute(connection)
    statistics = rds.control.statistics()
    assert (statistics.connects, statistics.tokens, statistics.refusals) == (1, 1, [])


# Turned away


@pytest.mark.parametrize("user", ["app", ODD_USER])
def test_a_refusal_names_action_resource_role_and_the_commands_that_check_them(rds, user):
    rds.control.refuse(2)
    message = refusal(wrapper(rds, user))
    assert f'PAM authentication failed for user "{user}"' in message
    resource = f"arn:aws:rds-db:us-east-1:ACCOUNT:dbuser:CLUSTER_RESOURCE_ID/{user}"
    assert f"this process needs rds-db:connect on {resource}" in message
    assert "aws iam simulate-principal-policy" in message
    assert f"the database role {user}" in message
    assert "'rds_iam', 'MEMBER'" in message


def test_a_refusal_ends_with_the_command_that_finds_out_which_it_is(rds):
    rds.control.refuse(2)
    _, command = refusal(wrapper(rds)).rsplit("- the clock of this machine", 1)
    assert "`manage.py dbdoctor` finds out which of these it is" in command


def test_a_refused_token_is_replaced_once(rds):
    stale = wrapper(rds)
    stale.ensure_connection()
    stale.close()
    rds.control.refuse(1)
    assert ask(stale, "SELECT session_user") == "app"
    statistics = rds.control.statistics()
    assert (statistics.reasons, statistics.tokens) == (["ordered: access-denied"], 2)


def test_a_refused_token_is_one_warning_with_the_servers_words(rds, caplog):
    rds.control.refuse(1)
    wrapper(rds).ensure_connection()
    (line,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert line.name == "dbauth"
    assert "token 0 s old was refused (default)" in line.getMessage()
    assert 'PAM authentication failed for user "app"' in line.getMessage()
    assert "X-Amz" not in line.getMessage()


def test_a_refused_token_is_replaced_no_more_than_once(rds):
    rds.control.refuse(3)
    refusal(wrapper(rds))
    assert len(rds.control.statistics().refusals) == 2


def test_threads_that_are_refused_at_once_share_the_newer_token(rds, monkeypatch):
    clock = Clock(time.time() - 10 * MINUTE)
    monkeypatch.setattr(DatabaseWrapper, "tokens", TokenCache(clock=clock))
    databases = handler(rds, options={"connect_timeout": 30})
    databases["default"].ensure_connection()
    # The cached token is 800 seconds old for us, but 1000, and stale, for the server.
    clock.now += 800
    rds.control.set_clock(400)

    def connect(_):
        databases["default"].ensure_connection()
        databases["default"].close()

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(connect, range(20)))
    statistics = rds.control.statistics()
    assert set(statistics.reasons) == {"expired"}
    assert (statistics.connects, statistics.tokens) == (21, 2)


def test_other_errors_are_not_retried(rds):
    rds.control.refuse(2, "starting-up")
    assert "starting up" in refusal(wrapper(rds))
    assert rds.control.statistics().reasons == ["ordered: starting-up"]


class ForgingCache(TokenCache):
    """Signs for something else than it was asked for, or alters what it signed."""

    def __init__(self, forge_request=lambda request: request, forge_value=lambda value: value):
        super().__init__()
        self._forge_request, self._forge_value = forge_request, forge_value

    def get(self, request):
        return self._forged(super().get(self._forge_request(request)))

    def renew(self, request, refused):
        return self._forged(super().renew(self._forge_request(request), refused))

    def _forged(self, token):
        return Token(self._forge_value(token.value), signer.Credentials("", ""), token.issued_at)


def for_user(request, user):
    return request._replace(parameters=(("Action", "connect"), ("DBUser", user)))


def with_last_digit_changed(value):
    return value[:-1] + ("0" if value[-1] != "0" else "1")


FORGERIES = {
    "tampered": ("signature", ForgingCache(forge_value=with_last_digit_changed)),
    "wrong user": ("DBUser", ForgingCache(lambda request: for_user(request, "postgres"))),
    "wrong host": (
        "host",
        ForgingCache(lambda request: request._replace(host=f"x{request.host}")),
    ),
    "wrong port": (
        "host",
        ForgingCache(lambda request: request._replace(host=request.host.split(":")[0] + ":1")),
    ),
    "wrong region": ("region", ForgingCache(lambda request: request._replace(region="eu-west-1"))),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_token_for_anything_else_is_refused_with_advice(rds, monkeypatch, forgery):
    reason, cache = FORGERIES[forgery]
    monkeypatch.setattr(DatabaseWrapper, "tokens", cache)
    assert "this process needs rds-db:connect" in refusal(wrapper(rds))
    assert rds.control.statistics().reasons == [reason] * 2


@pytest.mark.parametrize(("ahead", "reason"), [(1000, "expired"), (-1000, "future")])
def test_a_clock_that_is_wrong_is_refused_with_advice(rds, ahead, reason):
    rds.control.set_clock(ahead)
    assert "the clock of this machine" in refusal(wrapper(rds))
    assert rds.control.statistics().reasons == [reason] * 2


def test_an_unknown_key_is_refused_with_advice(rds, aws):
    aws(rds.environment(Credentials("AKIAUNKNOWN", "secret")))
    assert "aws sts get-caller-identity" in refusal(wrapper(rds))
    assert rds.control.statistics().reasons == ["access key"] * 2


def test_temporary_credentials_without_their_session_token_are_refused_with_advice(rds, aws):
    aws(rds.environment(Credentials(TEMPORARY.access_key, TEMPORARY.secret_key)))
    assert "this process needs rds-db:connect" in refusal(wrapper(rds))
    assert rds.control.statistics().reasons == ["session token"] * 2


def test_plain_text_is_refused_and_the_message_names_the_option(rds):
    message = refusal(wrapper(rds, options={"sslmode": "disable"}))
    assert "no encryption" in message
    assert "OPTIONS[\"sslmode\"] is 'disable'" in message


def test_another_authority_is_refused_and_the_message_tells_where_the_right_one_is(rds, tmp_path):
    other = tmp_path / "other.crt"
    trustme.CA().cert_pem.write_to_path(other)
    message = refusal(wrapper(rds, options={"sslrootcert": str(other)}))
    assert "certificate verify failed" in message
    assert "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem" in message


def test_a_missing_file_of_roots_tells_where_to_get_it(rds):
    message = refusal(wrapper(rds, options={"sslrootcert": "/nonexistent/bundle.crt"}))
    assert "curl --fail --remote-name https://truststore.pki.rds.amazonaws.com" in message


def test_another_server_is_refused_and_the_message_names_the_host(rds):
    message = refusal(wrapper(rds, HOST="db.abc.us-east-1.rds.amazonaws.com"))
    assert "HOST 'db.abc.us-east-1.rds.amazonaws.com' is not a name of the server" in message


def test_no_credentials_are_an_operational_error_that_says_what_to_do(rds, aws, monkeypatch):
    aws({"AWS_ACCESS_KEY_ID": "AKIAHALF"})
    assert "AWS_SECRET_ACCESS_KEY" in refusal(wrapper(rds))


def test_the_refusal_reaches_django_with_the_drivers_error_as_its_cause(rds):
    rds.control.refuse(2)
    with pytest.raises(OperationalError) as caught:
        wrapper(rds).ensure_connection()
    assert isinstance(caught.value.__cause__, psycopg2.OperationalError)


def test_an_error_that_was_being_handled_keeps_its_frames(rds):
    rds.control.refuse(2)
    try:
        int("earlier")
    except ValueError as earlier:
        refusal(wrapper(rds))
        frames = earlier.__traceback__
    assert frames is not None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"PASSWORD": "hunter2"}, "PASSWORD is set"),
        ({"USER": ""}, "USER is not set"),
        ({"HOST": ""}, "HOST is not set"),
        ({"PORT": "five"}, "PORT is 'five'"),
        ({"HOST": "db.example.com"}, "does not show its AWS region"),
        ({"OPTIONS": {"pool": True}}, "pooling requires psycopg >= 3"),
        ({"OPTIONS": {"connect_timeout": 0}}, r'OPTIONS\["connect_timeout"\] is 0'),
    ],
)
def test_settings_that_cannot_work_are_improperly_configured(rds, settings, message):
    with pytest.raises(ImproperlyConfigured, match=message) as caught:
        wrapper(rds, **settings).ensure_connection()
    assert "hunter2" not in str(caught.value)


# Open connections


@pytest.fixture
def checks(monkeypatch):
    """Counts the round trips that find out whether a connection is alive."""
    counted = []
    original = DatabaseWrapper.is_usable

    def is_usable(self):
        counted.append(self)
        return original(self)

    monkeypatch.setattr(DatabaseWrapper, "is_usable", is_usable)
    return counted


def persistent(door, **options):
    return wrapper(door, options=options, CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True)


def test_a_busy_connection_is_not_checked(rds, checks):
    connection = persistent(rds)
    for _ in range(5):
        ask(connection, "SELECT 1")
        connection.close_if_unusable_or_obsolete()
    assert checks == []


def test_a_connection_is_checked_after_a_pause_and_once_a_request(rds, checks):
    connection = persistent(rds, idle_check_seconds=0.05)
    ask(connection, "SELECT 1")
    connection.close_if_unusable_or_obsolete()
    time.sleep(0.1)
    ask(connection, "SELECT pg_sleep(0.1)::text")
    ask(connection, "SELECT 1")
    assert len(checks) == 1


def test_a_pause_is_counted_from_the_last_use(rds, checks, monkeypatch):
    connection = persistent(rds, idle_check_seconds=5)
    clock = Clock(100.0)
    monkeypatch.setattr("dbauth.liveness.time", SimpleNamespace(time=clock, monotonic=clock))
    for _ in range(5):
        ask(connection, "SELECT 1")
        connection.close_if_unusable_or_obsolete()
        clock.now += 4
    assert checks == []
    clock.now += 1
    ask(connection, "SELECT 1")
    assert len(checks) == 1


def test_a_transaction_is_not_interrupted_by_a_check(rds, checks):
    connection = persistent(rds, idle_check_seconds=0.05)
    connection.ensure_connection()
    connection.close_if_unusable_or_obsolete()
    connection.set_autocommit(False)
    ask(connection, "SELECT pg_sleep(0.1)::text")
    ask(connection, "SELECT 1")
    connection.rollback()
    assert checks == []


@pytest.mark.parametrize("how", ["reset", "eof"])
def test_a_busy_connection_that_was_cut_off_is_replaced_without_a_pause(rds, how):
    connection = persistent(rds, idle_check_seconds=3600)
    ask(connection, "SELECT 1")
    connection.close_if_unusable_or_obsolete()
    rds.control.drop(how)
    wait_until(lambda: has_news(connection.connection))
    assert ask(connection, "SELECT 1") == 1
    assert rds.control.statistics().connects == 2


def test_a_pause_that_only_the_wall_clock_saw_counts(rds, checks, monkeypatch):
    connection = persistent(rds)
    ask(connection, "SELECT 1")
    connection.close_if_unusable_or_obsolete()
    tomorrow = time.time() + 86400
    monkeypatch.setattr("dbauth.liveness.time.time", lambda: tomorrow)
    ask(connection, "SELECT 1")
    assert len(checks) == 1


def test_a_connection_that_broke_is_replaced_in_the_next_request(rds):
    connection = persistent(rds)
    ask(connection, "SELECT 1")
    rds.control.drop()
    with pytest.raises(OperationalError):
        ask(connection, "SELECT 1")
    connection.close_if_unusable_or_obsolete()
    assert ask(connection, "SELECT 1") == 1


def test_a_check_gives_a_hung_network_up_after_the_connect_timeout(rds):
    connection = persistent(rds, connect_timeout=1)
    connection.ensure_connection()
    rds.control.hang()
    started = time.monotonic()
    assert connection.is_usable() is False
    assert 0.9 <= time.monotonic() - started < 3


def test_a_connection_outlives_its_token(rds):
    connection = persistent(rds)
    ask(connection, "SELECT 1")
    rds.control.set_clock(3600)
    connection.close_if_unusable_or_obsolete()
    assert ask(connection, "SELECT 1") == 1
    assert rds.control.statistics().connects == 1


def test_the_age_of_a_connections_token_is_known_while_it_is_open(rds):
    connection = wrapper(rds)
    ages = [connection.token_age]
    connection.ensure_connection()
    ages.append(connection.token_age)
    connection.close()
    ages.append(connection.token_age)
    assert ages == [None, pytest.approx(0, abs=10), None]


def test_the_line_about_a_connection_has_its_parts_as_fields(rds, caplog):
    caplog.set_level(logging.INFO, "dbauth")
    wrapper(rds).ensure_connection()
    (record,) = [record for record in caplog.records if record.name == "dbauth"]
    assert (record.database, record.database_host) == ("default", rds.host)
    assert record.database_role == "app"
    assert 0 < record.connect_milliseconds < 5000
    assert 0 <= record.token_age < 10
