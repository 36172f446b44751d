"""Every entry of the guide's troubleshooting, caused on the rig and found at the right step.

The entries: missing permission, missing user, missing rds_iam, blocked security group, wrong
region, wrong endpoint, VPC endpoint's name without a cluster, expired credentials, not migrated.
"""

import time

import pytest

from dbauth.doctor.case import BUDGET
from tests.dbauth.conftest import DSQL_ENDPOINT, DSQL_HOST, RDS_HOST, wrapper
from tests.dbauth.doctor.conftest import doctor, failure, silent_port
from tests.rig.front_door import Credentials


def test_a_missing_permission_on_aurora(rds):
    rds.control.refuse(2)
    found = failure(wrapper(rds))
    assert found.step == "login"
    assert "a missing permission, most likely" in found.cause
    assert "PAM authentication failed" in found.cause
    resource = "arn:aws:rds-db:us-east-1:ACCOUNT:dbuser:CLUSTER_RESOURCE_ID/app"
    assert f"rds-db:connect on {resource}" in found.remedy


def test_a_missing_permission_on_dsql(dsql):
    dsql.control.refuse(2)
    found = failure(wrapper(dsql, "writer"))
    assert found.step == "login"
    assert "the permission is missing, or the role or its mapping" in found.cause
    assert "access denied" in found.cause
    assert "dsql:DbConnect on arn:aws:dsql:us-east-1:ACCOUNT:cluster/" in found.remedy


def test_a_missing_user_on_aurora(rds):
    found = failure(wrapper(rds, "never_made"))
    assert found.step == "login"
    assert 'there is no role "never_made", or it lacks rds_iam' in found.cause
    assert 'CREATE USER "never_made";' in found.remedy


def test_a_missing_user_on_dsql(dsql):
    found = failure(wrapper(dsql, "never_made"))
    assert found.step == "login"
    assert "the permission is missing, or the role or its mapping" in found.cause
    assert "the database role never_made: it must exist" in found.remedy
    assert 'AWS IAM GRANT "never_made"' in found.remedy


def test_a_missing_mapping_on_dsql(cluster, dsql_gate, server):
    server.execute("CREATE ROLE unmapped LOGIN")
    status, report = doctor(cluster(user="unmapped"), **dsql_gate.environment())
    last = report["steps"][-1]
    assert (status, last["step"]) == (1, "login")
    assert "sys.iam_pg_role_mappings" in last["remedy"]


def test_a_missing_rds_iam(rds, server):
    server.execute("CREATE ROLE not_a_member LOGIN")
    found = failure(wrapper(rds, "not_a_member"))
    assert found.step == "login"
    assert "did not ask IAM at all" in found.cause
    assert 'GRANT rds_iam TO "not_a_member";' in found.remedy


def test_a_blocked_security_group(rds):
    with silent_port() as port:
        started = time.monotonic()
        found = failure(wrapper(rds, PORT=str(port)))
    assert found.step == "tcp"
    assert "a time-out" in found.cause
    assert "security group" in found.remedy
    assert f"lets port {port} in" in found.remedy
    assert time.monotonic() - started < BUDGET / 2


def test_a_region_that_is_not_the_hosts(rds, monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    found = failure(wrapper(rds))
    assert found.step == "region"
    assert "AWS_REGION is 'eu-west-1'" in found.cause
    assert "'us-east-1'" in found.cause


def test_a_region_that_nobody_names(rds):
    found = failure(wrapper(rds, HOST="cars.example.com"))
    assert (found.step, "does not show its AWS region" in found.cause) == ("region", True)
    assert 'OPTIONS["region"]' in found.remedy


def test_an_endpoint_that_does_not_resolve(rds):
    options = {"hostaddr": None, "region": "us-east-1"}
    found = failure(wrapper(rds, options=options, HOST="cars.invalid"))
    assert found.step == "name"
    assert "'cars.invalid'" in found.cause
    assert "Compare HOST with the endpoint that AWS shows" in found.remedy


@pytest.mark.parametrize(("engine", "host"), [("dbauth", DSQL_HOST), ("dbauth.dsql", RDS_HOST)])
def test_an_endpoint_of_the_other_service(rds, engine, host):
    found = failure(wrapper(rds, ENGINE=engine, HOST=host))
    assert found.step == "settings"
    assert "an endpoint of another service" in found.cause
    assert "Set ENGINE to" in found.remedy


def test_a_vpc_endpoints_name_without_its_cluster(dsql):
    found = failure(wrapper(dsql, "writer", {"sslmode": "verify-ca"}, HOST=DSQL_ENDPOINT))
    assert found.step == "settings"
    assert "hides the cluster" in found.cause
    assert 'OPTIONS["cluster"]' in found.remedy


def test_expired_credentials_that_say_so(rds, monkeypatch):
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T00:00:00Z")
    found = failure(wrapper(rds))
    assert found.step == "credentials"
    assert "ended at 2026-01-01 00:00:00 UTC" in found.cause
    assert "`aws sso login`" in found.remedy


def test_expired_credentials_that_only_aws_knows(rds, sts):
    sts.answer = (403, "<Error><Code>ExpiredToken</Code><Message>secret detail</Message></Error>")
    found = failure(wrapper(rds))
    assert found.step == "credentials"
    assert "have expired (STS: ExpiredToken)" in found.cause
    assert "secret detail" not in found.cause + found.remedy


def test_expired_credentials_where_nobody_can_be_asked(dsql, aws):
    aws(dsql.environment(Credentials("ASIAEXPIREDEXAMPLE00", "gone", "gone")))
    found = failure(wrapper(dsql, "writer"))
    assert found.step == "login"
    assert "aws sts get-caller-identity" in found.remedy


def test_a_database_that_was_not_migrated(rds, aurora, server):
    server.create_database("not_migrated", owner="app")
    status, report = doctor(aurora(NAME="not_migrated"), **rds.environment())
    last = report["steps"][-1]
    assert (status, last["step"], last["ok"]) == (1, "migrations", False)
    assert "migrations are not applied; the first is contenttypes.0001_initial" in last["cause"]
    assert last["remedy"] == "`manage.py migrate --database default`"
