"""The commands that a refusal prints do what they say when they are copied."""

import re
import shlex
from datetime import UTC, datetime

import pytest

from dbauth.iam.endpoints import parse
from dbauth.iam.refusals import dsql_refusal, rds_refusal

ODD_USER = 'App O\'Neil "the +1"'
CLUSTER = "cars.cluster-abc.us-east-1.rds.amazonaws.com"


def line_with(text, advice):
    (line,) = [line for line in advice.splitlines() if text in line]
    return line


@pytest.mark.parametrize(
    ("host", "command", "resource_id"),
    [
        (CLUSTER, "describe-db-clusters", "CLUSTER_RESOURCE_ID"),
        ("cars.cluster-ro-abc.us-east-1.rds.amazonaws.com", "describe-db-clusters", "CLUSTER_R"),
        ("db.abc.us-east-1.rds.amazonaws.com", "describe-db-instances", "DB_RESOURCE_ID"),
        ("p.proxy-abc.us-east-1.rds.amazonaws.com", "describe-db-proxies", "prx-PROXY_ID"),
    ],
)
def test_the_kind_of_endpoint_decides_what_is_described(host, command, resource_id):
    advice = rds_refusal("app", parse(host), "us-east-1")
    assert f"aws rds {command} --query" in advice
    assert f":dbuser:{resource_id}" in line_with("this process needs", advice)


def test_a_proxy_has_no_role_to_grant_rds_iam_to():
    advice = rds_refusal("app", parse("p.proxy-abc.us-east-1.rds.amazonaws.com"), "us-east-1")
    assert "pg_has_role" not in advice
    assert "IAMAuth REQUIRED" in advice


@pytest.mark.parametrize(
    "advice",
    [
        lambda: rds_refusal("app", parse(CLUSTER), "us-east-1"),
        lambda: dsql_refusal("app", "abc", "us-east-1", admin=False),
    ],
    ids=["rds", "dsql"],
)
def test_a_refusal_says_what_this_machines_clock_says(advice):
    before = datetime.now(UTC).replace(microsecond=0)
    line = line_with("the clock of this machine", advice())
    said = re.search(r"which says (.+ UTC)", line)
    assert said is not None
    then = datetime.strptime(said[1], "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    assert before <= then <= datetime.now(UTC)


def test_the_shell_takes_an_odd_role_for_one_word():
    advice = rds_refusal(ODD_USER, parse(CLUSTER), "us-east-1")
    words = shlex.split(line_with("simulate-principal-policy", advice))
    assert words[-1].endswith(f":dbuser:CLUSTER_RESOURCE_ID/{ODD_USER}")


def test_sql_takes_an_odd_role_for_one_name(server):
    server.execute('CREATE ROLE "App O\'Neil ""the +1"""')
    advice = rds_refusal(ODD_USER, parse(CLUSTER), "us-east-1")
    statement = line_with("pg_has_role", advice).partition(":")[2]
    assert server.execute(statement.replace("'rds_iam'", "'postgres'")) == [(False,)]


def test_the_mapping_of_an_odd_role_quotes_its_name():
    advice = dsql_refusal(ODD_USER, "abc", "us-east-1", admin=False)
    assert 'AWS IAM GRANT "App O\'Neil ""the +1""" TO' in advice
