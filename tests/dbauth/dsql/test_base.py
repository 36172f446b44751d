"""ENGINE "dbauth.dsql" through the front door: the signing in."""

import logging
import math
import time

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from dbauth.base import DatabaseWrapper
from dbauth.deadline import time_limit
from dbauth.dsql.base import LONGEST_AGE, SHORTEST_AGE
from tests.dbauth.conftest import (
    CLUSTER,
    DSQL_ENDPOINT,
    DSQL_HOST,
    DSQL_PRIVATE_HOST,
    ask,
    wrapper,
)
from tests.dbauth.dsql.conftest import SCHEMA
from tests.dbauth.test_base import ForgingCache

ENDPOINT_OPTIONS = {"cluster": CLUSTER, "sslmode": "verify-ca"}


def refusal(connection) -> str:
    with pytest.raises(OperationalError) as caught:
        connection.ensure_connection()
    return str(caught.value)


@pytest.mark.parametrize("user", ["admin", "writer"])
@pytest.mark.parametrize("host", [DSQL_HOST, DSQL_PRIVATE_HOST])
def test_both_kinds_of_role_sign_in_at_both_names(dsql, user, host):
    assert ask(wrapper(dsql, user, HOST=host), "SELECT session_user") == user


def test_a_vpc_endpoints_own_name_works_with_the_cluster_and_a_weaker_mode(dsql):
    connection = wrapper(dsql, "writer", ENDPOINT_OPTIONS, HOST=DSQL_ENDPOINT)
    assert ask(connection, "SELECT session_user") == "writer"


def test_a_vpc_endpoints_own_name_keeps_the_users_libpq_options(dsql):
    options = ENDPOINT_OPTIONS | {"options": "-c application_name=kept"}
    connection = wrapper(dsql, "writer", options, HOST=DSQL_ENDPOINT)
    assert ask(connection, "SHOW application_name") == "kept"


@pytest.mark.parametrize(
    ("options", "missing"),
    [({"sslmode": "verify-ca"}, r'OPTIONS\["cluster"\]'), ({"cluster": CLUSTER}, "sslmode")],
)
def test_a_vpc_endpoints_own_name_says_which_option_is_missing(dsql, options, missing):
    with pytest.raises(ImproperlyConfigured, match=missing):
        wrapper(dsql, "writer", options, HOST=DSQL_ENDPOINT).ensure_connection()


def test_a_cluster_option_that_contradicts_the_host_is_improperly_configured(dsql):
    with pytest.raises(ImproperlyConfigured, match=f"'another', but HOST '{DSQL_HOST}'"):
        wrapper(dsql, "writer", {"cluster": "another"}).ensure_connection()


@pytest.mark.parametrize(
    ("user", "action", "forged"),
    [("admin", "DbConnectAdmin", "DbConnect"), ("writer", "DbConnect", "DbConnectAdmin")],
)
def test_a_token_of_the_other_kind_of_role_is_refused_with_advice(
    dsql, monkeypatch, user, action, forged
):
    cache = ForgingCache(lambda request: request._replace(parameters=(("Action", forged),)))
    monkeypatch.setattr(DatabaseWrapper, "tokens", cache)
    message = refusal(wrapper(dsql, user))
    assert "unable to accept connection, access denied" in message
    resource = f"arn:aws:dsql:us-east-1:ACCOUNT:cluster/{CLUSTER}"
    assert f"this process needs dsql:{action} on {resource}" in message
    assert dsql.control.statistics().reasons == ["Action"] * 2


def test_an_application_role_is_told_how_roles_are_mapped(dsql):
    message = refusal(wrapper(dsql, "nobody"))
    assert "sys.iam_pg_role_mappings" in message
    assert "AWS IAM GRANT \"nobody\" TO 'arn:aws:iam::ACCOUNT:role/ROLE'" in message


def test_a_stale_clock_shows_the_servers_hint(dsql):
    dsql.control.set_clock(1000)
    message = refusal(wrapper(dsql, "admin"))
    assert "Signature expired" in message
    assert "the clock of this machine, which says 2" in message


def test_a_cluster_that_is_waking_up_is_waited_for(dsql):
    dsql.control.refuse(3, "waking-up")
    assert ask(wrapper(dsql, "admin"), "SELECT session_user") == "admin"
    assert len(dsql.control.statistics().refusals) == 3


@pytest.mark.parametrize("order", ["rate-exceeded", "too-many-open-connections"])
def test_a_cluster_that_is_short_of_connections_is_waited_for(dsql, order):
    dsql.control.refuse(3, order)
    assert ask(wrapper(dsql, "admin"), "SELECT session_user") == "admin"
    assert len(dsql.control.statistics().refusals) == 3


def test_inside_a_time_limit_its_time_is_waited(dsql):
    dsql.control.refuse(6, "rate-exceeded")
    with time_limit(20):
        assert ask(wrapper(dsql, "admin", {"connect_timeout": 1}), "SELECT 1") == 1


def test_a_cluster_that_does_not_wake_up_is_given_up_after_the_connect_timeout(dsql, clock):
    dsql.control.refuse(100, "waking-up")
    assert "waking up cluster" in refusal(wrapper(dsql, "admin", {"connect_timeout": 1}))
    assert 0.3 < clock.now < 1
    assert len(dsql.control.statistics().refusals) > 1


def test_each_try_at_a_cluster_that_is_waking_up_gets_the_time_that_is_left(
    dsql, clock, monkeypatch
):
    given, connect = [], psycopg2.connect

    def recorded(**params):
        given.append(params["connect_timeout"])
        return connect(**params)

    monkeypatch.setattr(DatabaseWrapper.Database, "connect", recorded)
    dsql.control.refuse(6, "waking-up")
    wrapper(dsql, "admin", {"connect_timeout": 10}).ensure_connection()
    assert given[0] == 10
    assert given == sorted(given, reverse=True)
    assert given[-1] == math.ceil(10 - clock.now) < 10


@pytest.fixture
def clock(monkeypatch):
    """The time that connecting goes by."""
    stopped = Clock()
    for module in ("waits", "dialling", "admission", "backoff"):
        monkeypatch.setattr(f"dbauth.{module}.time", stopped)
    return stopped


class Clock:
    """Stands for the module `time`, and sleeps without waiting."""

    now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_a_refusal_is_not_taken_for_waking_up(dsql):
    dsql.control.refuse(3)
    refusal(wrapper(dsql, "admin"))
    assert len(dsql.control.statistics().refusals) == 2


@pytest.mark.parametrize("fault", ["refused", "lost"])
def test_a_connection_without_its_search_path_is_a_failure_to_connect(cluster, fault):
    cluster.control.fail_set_ups(1, fault)
    with pytest.raises(OperationalError):
        cluster.connection.ensure_connection()
    assert cluster.connection.connection is None
    assert ask(cluster.connection, "SELECT current_schema()") == SCHEMA


def test_the_schema_becomes_the_search_path(dsql):
    connection = wrapper(dsql, "writer", {"schema": "garage"})
    assert ask(connection, "SELECT current_schema()") == "garage"
    connection.close()
    assert ask(connection, "SELECT current_schema()") == "garage"


def test_the_schema_stays_where_autocommit_is_off(dsql):
    connection = wrapper(dsql, "writer", {"schema": "garage"}, AUTOCOMMIT=False)
    connection.ensure_connection()
    connection.rollback()
    assert ask(connection, "SELECT current_schema()") == "garage"


def test_a_schema_is_quoted(dsql, server):
    name = 'odd "name"; DROP SCHEMA garage'
    server.execute('CREATE SCHEMA "odd ""name""; DROP SCHEMA garage" AUTHORIZATION writer')
    connection = wrapper(dsql, "writer", {"schema": name})
    assert ask(connection, "SELECT current_schema()") == name


@pytest.mark.parametrize("max_age", [None, 86400])
def test_a_connection_ends_between_requests_before_dsql_ends_it(dsql, max_age):
    connection = wrapper(dsql, "writer", CONN_MAX_AGE=max_age)
    connection.ensure_connection()
    assert SHORTEST_AGE - 10 < connection.close_at - time.monotonic() <= LONGEST_AGE < 3600


def test_a_shorter_max_age_is_kept(dsql):
    connection = wrapper(dsql, "writer", CONN_MAX_AGE=10)
    connection.ensure_connection()
    assert connection.close_at - time.monotonic() <= 10


def test_tls_begins_with_the_first_byte(dsql):
    connection = wrapper(dsql, "writer")
    connection.ensure_connection()
    parameters = connection.connection.get_dsn_parameters()
    assert parameters["sslnegotiation"] == "direct"
    assert parameters["sslmode"] == "verify-full"


def test_the_session_is_postgresql_to_django(dsql):
    connection = wrapper(dsql, "writer")
    assert (connection.vendor, connection.display_name) == ("postgresql", "Aurora DSQL")


def test_the_log_says_who_and_where(dsql, caplog):
    caplog.set_level(logging.INFO, "dbauth")
    wrapper(dsql, "writer").ensure_connection()
    assert f"Connected to {DSQL_HOST}:{dsql.port}/postgres as writer" in caplog.text


def test_the_driver_is_psycopg2():
    assert DatabaseWrapper.Database is psycopg2
