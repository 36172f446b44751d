"""The front door, with boto3's own tokens: it lets in and turns away as AWS does."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
import trustme

from tests.rig.front_door import CREDENTIALS, TEMPORARY, FrontDoor, running_front_door
from tests.rig.postgresql import PostgreSQL, running_postgresql
from tests.rig.tokens import dsql_token, rds_token

RDS_HOST = "cars.cluster-c9akciq32.us-east-1.rds.amazonaws.com"
CLUSTER = "bntegz2wxyabcdefghijklmnop"
DSQL_HOST = f"{CLUSTER}.dsql.us-east-1.on.aws"
DSQL_PRIVATE_HOST = f"{CLUSTER}.dsql-fnh4.us-east-1.on.aws"
DSQL_ENDPOINT = "vpce-0a1b2c3d-4e5f.dsql-fnh4.us-east-1.vpce.amazonaws.com"
DENIED = {
    "rds-iam": "PAM authentication failed",
    "dsql": "unable to accept connection, access denied",
}


@pytest.fixture(scope="module")
def server():
    with running_postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def rds_door(server: PostgreSQL):
    with running_front_door(server, "rds-iam", [RDS_HOST]) as door:
        server.execute("CREATE ROLE app LOGIN")
        server.execute('CREATE ROLE "app two+3%ü" LOGIN')
        server.execute('GRANT rds_iam TO app, "app two+3%ü"')
        yield door


@pytest.fixture
def rds(rds_door: FrontDoor):
    yield rds_door
    rds_door.control.reset()


@pytest.fixture(scope="module")
def dsql_door(server: PostgreSQL):
    hosts = [DSQL_HOST, DSQL_PRIVATE_HOST, DSQL_ENDPOINT]
    with running_front_door(server, "dsql", hosts) as door:
        server.execute("CREATE ROLE writer LOGIN")
        yield door


@pytest.fixture
def dsql(dsql_door: FrontDoor):
    yield dsql_door
    dsql_door.control.reset()


def token_for(door: FrontDoor, **changes: Any) -> str:
    wanted: dict[str, Any] = {"host": RDS_HOST, "port": door.port, "user": "app"}
    return rds_token(**wanted | changes)


def connect(door: FrontDoor, password: str, **changes):
    parameters = {
        "host": door.host,
        "hostaddr": "127.0.0.1",
        "port": door.port,
        "user": "admin" if door.kind == "dsql" else "app",
        "password": password,
        "dbname": "postgres",
        "sslmode": "verify-full",
        "sslrootcert": str(door.ca),
        "connect_timeout": 10,
    }
    return psycopg2.connect(**parameters | changes)


def ask(connection, sql: str):
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def assert_refused(
    door: FrontDoor, reason: str, password: str, match: str | None = None, **changes
):
    with pytest.raises(psycopg2.OperationalError, match=match or DENIED[door.kind]):
        connect(door, password, **changes)
    statistics = door.control.statistics()
    assert statistics.reasons == [reason]
    assert statistics.connects == 0


# Let in


@pytest.mark.parametrize("negotiation", ["postgres", "direct"])
@pytest.mark.parametrize("credentials", [CREDENTIALS, TEMPORARY], ids=["permanent", "temporary"])
def test_a_good_rds_token_opens_a_session_of_that_user(rds, credentials, negotiation):
    connection = connect(rds, token_for(rds, credentials=credentials), sslnegotiation=negotiation)

    assert ask(connection, "SELECT session_user") == "app"
    assert rds.control.statistics().connects == 1


def test_a_user_name_may_need_quoting(rds):
    user = "app two+3%ü"

    assert ask(connect(rds, token_for(rds, user=user), user=user), "SELECT session_user") == user


@pytest.mark.parametrize("user", ["admin", "writer"])
@pytest.mark.parametrize("host", [DSQL_HOST, DSQL_PRIVATE_HOST])
def test_a_good_dsql_token_opens_a_session_of_that_user(dsql, user, host):
    connection = connect(dsql, dsql_token(host, user), user=user, host=host)

    assert ask(connection, "SELECT session_user") == user


def test_a_dsql_endpoint_of_ones_own_takes_the_cluster_id_and_the_public_hosts_token(dsql):
    options = f"-c amzn-cluster-id={CLUSTER} -c search_path=mine"
    connection = connect(dsql, dsql_token(DSQL_HOST), host=DSQL_ENDPOINT, options=options)

    assert ask(connection, "SHOW search_path") == "mine"


def test_a_password_is_the_servers_own_affair_where_the_user_lacks_rds_iam(rds, server):
    assert ask(connect(rds, server.password, user="postgres"), "SELECT session_user") == "postgres"
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connect(rds, "wrong", user="postgres")


def test_the_password_kind_relays_scram_behind_verified_tls(server):
    with running_front_door(server, "password", [RDS_HOST]) as door:
        with closing(
            psycopg2.connect(door.url("postgres", password=server.password))
        ) as connection:
            assert connection.info.ssl_in_use
            assert ask(connection, "SELECT 1") == 1
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            connect(door, "wrong", user="postgres")


def test_a_hundred_clients_connect_at_once(rds):
    token = token_for(rds)
    with ThreadPoolExecutor(100) as pool:
        connections = list(pool.map(lambda _: connect(rds, token), range(100)))
    for connection in connections:
        connection.close()

    statistics = rds.control.statistics()
    assert (statistics.connects, statistics.tokens, statistics.refusals) == (100, 1, [])


# Turned away


def test_an_rds_token_that_was_tampered_with(rds):
    token = token_for(rds)

    assert_refused(rds, "signature", token[:-1] + ("0" if token[-1] != "0" else "1"))


def test_an_rds_token_made_for_another_user(rds):
    assert_refused(rds, "DBUser", token_for(rds, user="postgres"))


def test_an_rds_token_whose_user_was_exchanged(rds):
    assert_refused(
        rds, "signature", token_for(rds, user="other").replace("DBUser=other", "DBUser=app")
    )


@pytest.mark.parametrize("change", [{"host": "other.us-east-1.rds.amazonaws.com"}, {"port": 1}])
def test_an_rds_token_made_for_another_place(rds, change):
    assert_refused(rds, "host", token_for(rds, **change))


def test_an_rds_token_made_for_another_region(rds):
    assert_refused(rds, "region", token_for(rds, region="eu-west-1"))


@pytest.mark.parametrize(
    ("offset", "reason"), [(901 + 5, "expired"), (-301 - 5, "future")], ids=["expired", "future"]
)
def test_an_rds_token_of_another_time(rds, offset, reason):
    token = token_for(rds)
    rds.control.set_clock(offset)

    assert_refused(rds, reason, token)


@pytest.mark.parametrize("offset", [890, -290])
def test_a_token_within_its_life_and_the_clocks_tolerance_is_good(rds, offset):
    token = token_for(rds)
    rds.control.set_clock(offset)

    connect(rds, token).close()


def test_a_token_of_an_unknown_key(rds):
    stranger = replace(CREDENTIALS, access_key="AKIAIOSFODNN7STRANGE")

    assert_refused(rds, "access key", token_for(rds, credentials=stranger))


def test_a_token_signed_with_the_wrong_secret(rds):
    assert_refused(
        rds, "signature", token_for(rds, credentials=replace(CREDENTIALS, secret_key="wrong"))
    )


def test_a_temporary_token_without_its_session_token(rds):
    assert_refused(
        rds, "session token", token_for(rds, credentials=replace(TEMPORARY, session_token=None))
    )


def test_a_token_of_a_rotated_key(rds):
    token = token_for(rds)
    connect(rds, token).close()
    rds.control.reset()
    rds.control.set_credentials(TEMPORARY)

    assert_refused(rds, "access key", token)


def test_a_token_with_a_scheme(rds):
    assert_refused(rds, "host", "https://" + token_for(rds))


def test_an_rds_password_that_is_no_token(rds):
    assert_refused(rds, "host", "secret")


def test_plain_text(rds):
    assert_refused(
        rds,
        "plain text",
        token_for(rds),
        "no pg_hba.conf entry .* no encryption",
        sslmode="disable",
    )


def test_a_client_that_trusts_another_authority_stays_away(rds, tmp_path):
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))

    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        connect(rds, token_for(rds), sslrootcert=str(other))


def test_a_client_that_wants_another_name_stays_away(rds):
    with pytest.raises(psycopg2.OperationalError, match="does not match host name"):
        connect(rds, token_for(rds), host="other.us-east-1.rds.amazonaws.com")


@pytest.mark.parametrize(("user", "token_of"), [("admin", "writer"), ("writer", "admin")])
def test_dsql_tokens_for_the_other_kind_of_user(dsql, user, token_of):
    assert_refused(dsql, "Action", dsql_token(DSQL_HOST, token_of), user=user)


def test_a_dsql_token_without_host(dsql):
    assert_refused(dsql, "host", dsql_token(DSQL_HOST).partition("/?")[2])


def test_an_rds_token_at_dsql(dsql):
    assert_refused(dsql, "host", token_for(dsql, host=DSQL_HOST))


def test_a_stale_dsql_token_gets_the_hint(dsql):
    token = dsql_token(DSQL_HOST, seconds=60)
    dsql.control.set_clock(70)

    assert_refused(dsql, "expired", token, r"access denied\s+HINT:\s+Signature expired")


def test_a_dsql_role_that_does_not_exist(dsql):
    assert_refused(dsql, "role", dsql_token(DSQL_HOST, "nobody"), user="nobody")


def test_dsql_without_server_name(dsql):
    assert_refused(dsql, "no SNI", dsql_token(DSQL_HOST), "sni was not received", sslsni="0")


@pytest.mark.parametrize("options", ["", "-c amzn-cluster-id=another"])
def test_a_dsql_endpoint_of_ones_own_needs_the_cluster_id(dsql, options):
    assert_refused(
        dsql, "SNI", dsql_token(DSQL_HOST), "invalid sni", host=DSQL_ENDPOINT, options=options
    )


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        ("waking-up", "unable to accept connection, waking up cluster, please retry later"),
        ("rate-exceeded", "Unable to accept connection, rate exceeded"),
        ("too-many-open-connections", "Unable to accept connection, too many open connections"),
        ("access-denied", "unable to accept connection, access denied"),
        ("signature-expired", "Signature expired"),
    ],
)
def test_refusals_can_be_ordered(dsql, refusal, text):
    dsql.control.refuse(2, refusal)
    for _ in range(2):
        with pytest.raises(psycopg2.OperationalError, match=text):
            connect(dsql, dsql_token(DSQL_HOST))

    connect(dsql, dsql_token(DSQL_HOST)).close()
    assert dsql.control.statistics().reasons == [f"ordered: {refusal}"] * 2


def test_new_connections_can_be_limited_to_a_rate_after_a_burst(dsql):
    dsql.control.limit_rate(0.001, burst=2)
    for _ in range(2):
        connect(dsql, dsql_token(DSQL_HOST)).close()
    with pytest.raises(psycopg2.OperationalError, match="rate exceeded"):
        connect(dsql, dsql_token(DSQL_HOST))
    assert dsql.control.statistics().reasons == ["rate exceeded"]


def test_a_refusal_that_aws_does_not_know_cannot_be_ordered(rds):
    with pytest.raises(RuntimeError, match="waking-up is none of"):
        rds.control.refuse(1, "waking-up")


# Faults


@pytest.mark.parametrize("how", ["reset", "eof"])
def test_dropped_sessions_are_dead_and_new_ones_welcome(rds, how):
    connection = connect(rds, token_for(rds))
    assert rds.control.drop(how) >= 1
    assert rds.control.drop(how) == 0

    with pytest.raises(psycopg2.OperationalError):
        ask(connection, "SELECT 1")
    assert ask(connect(rds, token_for(rds)), "SELECT 1") == 1


def test_a_hung_network_says_nothing_until_it_resumes(rds):
    connection = connect(rds, token_for(rds))
    rds.control.hang()
    with pytest.raises(psycopg2.OperationalError, match="timeout"):
        connect(rds, token_for(rds), connect_timeout=2)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(ask(connection, "SELECT 1")))
    asking.start()
    asking.join(0.3)
    assert answers == []

    rds.control.resume()
    asking.join(120)
    assert answers == [1]


def test_a_delay_holds_what_is_relayed(rds):
    connection = connect(rds, token_for(rds))
    rds.control.delay(0.2)
    started = time.monotonic()
    ask(connection, "SELECT 1")

    assert time.monotonic() - started >= 0.4


def test_a_query_can_be_cancelled_through_the_door(rds):
    connection = connect(rds, token_for(rds))
    threading.Timer(0.3, connection.cancel).start()

    with pytest.raises(psycopg2.errors.QueryCanceled):
        ask(connection, "SELECT pg_sleep(20)")


def test_a_server_that_is_down_is_a_prompt_error(rds, server):
    token = token_for(rds)
    server.stop()
    try:
        started = time.monotonic()
        with pytest.raises(psycopg2.OperationalError):
            connect(rds, token)
        assert time.monotonic() - started < 60
    finally:
        server.start()
    connect(rds, token).close()


def test_garbage_does_not_disturb_the_door(rds):
    for garbage in (b"\x16\x03\x01 nonsense", b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0", b""):
        with socket.create_connection(("127.0.0.1", rds.port)) as raw:
            raw.sendall(garbage)

    connect(rds, token_for(rds)).close()


def test_the_door_ends_with_the_tests_that_started_it(server):
    with running_front_door(server, "rds-iam", [RDS_HOST]) as door:
        assert door.process.poll() is None
    assert door.process.returncode == 0
