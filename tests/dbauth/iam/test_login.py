"""What the settings of a database become for libpq."""

import pytest

from dbauth.dsql.login import DSQLLogin
from dbauth.iam import roots
from dbauth.iam.login import RDSLogin
from tests.dbauth.conftest import CLUSTER, DSQL_ENDPOINT, DSQL_HOST, RDS_HOST

PROXY = "p.proxy-abc.us-east-1.rds.amazonaws.com"


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)


def params(login_class, host, **options):
    """What is sent to libpq of these OPTIONS."""
    login = login_class({"HOST": host, "USER": "app", "OPTIONS": options})
    return login.connection_params(dict(options))


def test_tls_is_verified_and_waiting_is_limited_unless_the_options_say_otherwise():
    assert params(RDSLogin, RDS_HOST) == {
        "host": RDS_HOST,
        "sslmode": "verify-full",
        "gssencmode": "disable",
        "connect_timeout": 5,
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 2,
    }
    changed = {"sslmode": "require", "connect_timeout": 9, "tcp_user_timeout": 0}
    sent = params(RDSLogin, RDS_HOST, **changed)
    assert {name: sent[name] for name in changed} == changed


def test_the_dot_that_ends_a_full_name_is_neither_signed_nor_sent():
    login = RDSLogin({"HOST": f"{RDS_HOST}.", "USER": "app"})
    assert login.token_request.host == f"{RDS_HOST}:5432"
    assert login.connection_params({"host": f"{RDS_HOST}."})["host"] == RDS_HOST


def test_libpq_gets_whole_seconds():
    assert params(RDSLogin, RDS_HOST, connect_timeout="1.5")["connect_timeout"] == 2


def test_the_backends_own_options_are_kept_from_libpq():
    own = {"region": "us-east-1", "idle_check_seconds": 1, "cluster": CLUSTER, "schema": "garage"}
    assert not params(DSQLLogin, DSQL_HOST, **own).keys() & own


@pytest.mark.parametrize(("login", "host"), [(RDSLogin, PROXY), (DSQLLogin, DSQL_HOST)])
def test_amazons_roots_are_the_default_where_they_are_used(login, host):
    assert params(login, host)["sslrootcert"] == roots.public_file()
    assert params(login, host, sslrootcert="mine.crt")["sslrootcert"] == "mine.crt"


def test_roots_that_the_environment_names_come_before_amazons(monkeypatch):
    monkeypatch.setenv("PGSSLROOTCERT", "/etc/roots.crt")
    assert params(DSQLLogin, DSQL_HOST)["sslrootcert"] == "/etc/roots.crt"


def test_a_vpc_endpoints_own_name_tells_the_server_the_cluster():
    sent = params(DSQLLogin, DSQL_ENDPOINT, cluster=CLUSTER, sslmode="require")
    assert sent["options"] == f"-c amzn-cluster-id={CLUSTER}"


@pytest.mark.parametrize("version", [16_00_09, 17_00_00])
def test_direct_tls_needs_libpq_17(monkeypatch, version):
    monkeypatch.setattr("dbauth.dsql.login.libpq_version", lambda: version)
    assert ("sslnegotiation" in params(DSQLLogin, DSQL_HOST)) == (version >= 17_00_00)


def test_direct_tls_is_not_combined_with_a_mode_that_does_without_tls():
    assert "sslnegotiation" not in params(DSQLLogin, DSQL_HOST, sslmode="prefer")


def test_rds_tokens_are_signed_for_libpqs_default_port_where_none_is_set():
    login = RDSLogin({"HOST": RDS_HOST, "USER": "app"})
    assert login.token_request.host == f"{RDS_HOST}:5432"
