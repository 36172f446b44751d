"""Beyond the guide: what a server that answers may have against a login, and what comes after."""

import ssl
import time

import pytest

from dbauth.doctor.case import BUDGET, Case
from dbauth.doctor.finding import StepError
from dbauth.doctor.trial import clock
from tests.dbauth.conftest import wrapper
from tests.dbauth.doctor.conftest import doctor, failure, silent_port
from tests.rig.certificates import issue


def last_of(settings, **variables):
    status, report = doctor(settings, **variables)
    assert status == 1
    assert not report["ok"]
    return report["steps"][-1]


def test_aurora_that_is_starting(rds):
    rds.control.refuse(2, "starting-up")
    found = failure(wrapper(rds))
    assert (found.step, "waking up or starting" in found.cause) == ("login", True)


@pytest.mark.parametrize(
    ("order", "cause"),
    [
        ("waking-up", "The database is waking up or starting."),
        ("rate-exceeded", "100 a second after a burst of 1,000"),
        ("too-many-open-connections", "has no connection left"),
        ("signature-expired", "this machine's clock is wrong"),
    ],
)
def test_what_dsql_says_is_understood(dsql, order, cause):
    dsql.control.refuse(100, order)
    found = failure(wrapper(dsql, "writer"))
    assert (found.step, cause in found.cause) == ("login", True), found


def test_no_connection_is_left(rds):
    rds.control.refuse(100, "too-many-connections")
    found = failure(wrapper(rds))
    assert (found.step, "has no connection left" in found.cause) == ("login", True)


def test_a_database_that_is_not_there(aurora, rds):
    last = last_of(aurora(NAME="not_there"), **rds.environment())
    assert last["step"] == "login"
    assert 'There is no database "not_there".' in last["cause"]


def test_a_database_that_the_role_may_not_enter(aurora, rds, server):
    server.create_database("closed")
    server.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
    last = last_of(aurora(NAME="closed"), **rds.environment())
    assert last["step"] == "login"
    assert 'GRANT ALL PRIVILEGES ON DATABASE "closed" TO "app"' in last["remedy"]


def test_a_wrong_password(regular):
    last = last_of(regular(PASSWORD="another"))
    assert last["step"] == "login"
    assert 'User "regular" does not exist, or the password is another one.' in last["cause"]
    assert "Compare USER and PASSWORD" in last["remedy"]


def test_missing_grants_on_the_tables(aurora, rds, server):
    server.execute("CREATE ROLE reader LOGIN IN ROLE rds_iam")
    last = last_of(aurora(user="reader"), **rds.environment())
    assert last["step"] == "role"
    assert "auth_group" in last["cause"]
    assert 'GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA "public" TO "reader"' in last["remedy"]


def test_a_missing_schema_on_dsql(cluster, dsql_gate):
    last = last_of(cluster({"schema": "not_there"}), **dsql_gate.environment())
    assert (last["step"], last["cause"]) == ("schema", 'There is no schema "not_there".')
    assert 'CREATE SCHEMA "not_there"' in last["remedy"]


def test_a_schema_that_the_role_may_not_use(cluster, dsql_gate, server):
    server.execute("CREATE SCHEMA closed", "doctor_dsql")
    last = last_of(cluster({"schema": "closed"}), **dsql_gate.environment())
    assert last["step"] == "schema"
    assert 'The role "keeper" may not use the schema "closed".' in last["cause"]


def test_no_schema_at_all(aurora, rds):
    last = last_of(aurora({"options": "-c search_path=nowhere"}), **rds.environment())
    assert last["step"] == "schema"
    assert "No schema of the search_path exists" in last["cause"]


def test_a_reader_endpoint(aurora, rds):
    options = {"options": "-c default_transaction_read_only=on"}
    last = last_of(aurora(options), **rds.environment())
    assert (last["step"], "read-only transaction" in last["cause"]) == ("write", True)
    assert "`-ro-`" in last["remedy"]


def test_credentials_that_are_missing(rds, aws, monkeypatch, tmp_path):
    aws({"AWS_REGION": "us-east-1"})
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found = failure(wrapper(rds))
    assert (found.step, "No AWS credentials" in found.cause) == ("credentials", True)


def test_credentials_that_nobody_provides_in_time(rds, aws, monkeypatch, tmp_path):
    aws({"AWS_REGION": "us-east-1"})
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with silent_port() as port:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{port}/")
        started = time.monotonic()
        found = failure(wrapper(rds))
    assert found.step == "credentials"
    assert "nobody answers within" in found.cause
    assert time.monotonic() - started < BUDGET / 2


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("InvalidClientTokenId", "unknown to AWS"),
        ("SignatureDoesNotMatch", "the secret key is not this key's"),
    ],
)
def test_credentials_that_aws_refuses(rds, sts, code, says):
    sts.answer = (403, f"<Error><Code>{code}</Code></Error>")
    found = failure(wrapper(rds))
    assert (found.step, says in found.cause) == ("credentials", True)


def test_the_owner_of_the_credentials_is_named(rds, sts):
    arn = "arn:aws:sts::123456789012:assumed-role/cars/function"
    sts.answer = (200, f"<Result><Arn>{arn}</Arn></Result>")
    rds.control.refuse(2)
    found = failure(wrapper(rds))
    assert found.step == "login"
    assert f"this process is {arn}" in found.remedy
    assert "Action=GetCallerIdentity" in sts.asked[0]


def test_an_sts_whose_certificate_the_system_trusts_is_believed(rds, sts, monkeypatch, tmp_path):
    """A private endpoint, a company's proxy, another partition: not all have Amazon's roots."""
    certificate = issue(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain)
    sts.socket = context.wrap_socket(sts.socket, server_side=True)
    sts.answer = (403, "<Error><Code>InvalidClientTokenId</Code></Error>")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"https://127.0.0.1:{sts.server_port}")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.ca))
    assert "unknown to AWS" in failure(wrapper(rds)).cause


def test_a_clock_that_is_wrong_before_tokens_are_refused(aurora, rds, monkeypatch):
    """Two minutes: a token's last minutes are lost, and its first ones work."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 120)
    connection = wrapper(rds, NAME=aurora()["NAME"])
    findings = _clock(connection)
    assert findings.cause.startswith("This machine's clock is 120 s ahead of the server's")


def _clock(connection):
    """The step alone: the project of this process has other migrations than the database."""
    with pytest.raises(StepError) as caught:
        clock(Case(connection))
    return caught.value


def test_settings_that_cannot_be_read(rds):
    found = failure(wrapper(rds, PASSWORD="set"))
    assert (found.step, "PASSWORD is set" in found.cause) == ("settings", True)
    assert "dbauth.E001" in found.remedy
    found = failure(wrapper(rds, options={"connect_timeout": 0}))
    assert (found.step, "connect_timeout" in found.cause) == ("settings", True)
