"""Tokens are held to what boto3 makes of the same clock and credentials, byte for byte."""

import datetime
from unittest import mock

import boto3
import botocore.session
import pytest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dbauth.iam.credentials import Credentials
from dbauth.iam.signing import dsql_request, rds_request, sign

LABELS = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?", fullmatch=True)
REGIONS = st.sampled_from(
    ["us-east-1", "eu-central-2", "ap-southeast-7", "us-gov-west-1", "cn-north-1", "il-central-1"]
)
HOSTS = st.one_of(
    st.lists(LABELS, min_size=2, max_size=5).map(".".join),
    st.builds("{}.cluster-{}.{}.rds.amazonaws.com".format, LABELS, LABELS, REGIONS),
    st.builds("{}.dsql.{}.on.aws".format, LABELS, REGIONS),
)
PORTS = st.one_of(st.sampled_from([5432, 443, 80]), st.integers(1, 65535))
USERS = st.one_of(
    st.sampled_from(
        ["app", "App User", 'o"brien', "it's", "a+b", "50%", "a/b&c=d", "müller", "用户"]
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=63),
)
KEYS = st.from_regex(r"A[KS]IA[A-Z2-7]{16}", fullmatch=True)
SECRETS = st.from_regex(r"[A-Za-z0-9/+=]{40}", fullmatch=True)
SESSION_TOKENS = st.none() | st.from_regex(r"[A-Za-z0-9/+=]{1,400}", fullmatch=True)
CREDENTIALS = st.builds(Credentials, KEYS, SECRETS, SESSION_TOKENS)
TIMES = st.integers(0, 4102444799)

# boto3 takes some 5 ms for each.
thorough = settings(max_examples=200, deadline=None)


class Oracle:
    """boto3's clients with credentials and a clock that can be set; creating them is slow."""

    def __init__(self):
        self.credentials = BotocoreCredentials("unset", "unset")
        session = botocore.session.Session()
        session._credentials = self.credentials
        session = boto3.Session(botocore_session=session, region_name="us-east-1")
        self.rds, self.dsql = session.client("rds"), session.client("dsql")

    def token(self, method, credentials, when, **arguments):
        self.credentials.access_key = credentials.access_key
        self.credentials.secret_key = credentials.secret_key
        self.credentials.token = credentials.session_token
        now = datetime.datetime.fromtimestamp(when, datetime.UTC).replace(tzinfo=None)
        with mock.patch("botocore.auth.get_current_datetime", return_value=now):
            return method(**arguments)


@pytest.fixture(scope="module")
def oracle():
    return Oracle()


@thorough
@given(host=HOSTS, port=PORTS, user=USERS, region=REGIONS, credentials=CREDENTIALS, when=TIMES)
@example(
    host="DB.abc.us-east-1.rds.amazonaws.com",
    port=443,
    user="a b+c",
    region="us-east-1",
    credentials=Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    when=0,
)
def test_rds_tokens_equal_boto3s(oracle, *, host, port, user, region, credentials, when):
    expected = oracle.token(
        oracle.rds.generate_db_auth_token,
        credentials,
        when,
        DBHostname=host,
        Port=port,
        DBUsername=user,
        Region=region,
    )
    request = rds_request(host=host, port=port, user=user, region=region)
    assert sign(request, credentials, when) == expected


@pytest.mark.parametrize("admin", [False, True], ids=["application", "admin"])
@thorough
@given(host=HOSTS, region=REGIONS, credentials=CREDENTIALS, when=TIMES)
def test_dsql_tokens_equal_boto3s(oracle, admin, *, host, region, credentials, when):
    method = (
        oracle.dsql.generate_db_connect_admin_auth_token
        if admin
        else oracle.dsql.generate_db_connect_auth_token
    )
    expected = oracle.token(method, credentials, when, Hostname=host, Region=region)
    assert sign(dsql_request(host=host, region=region, admin=admin), credentials, when) == expected


def test_a_fraction_of_a_second_does_not_matter():
    request = dsql_request(host="a.dsql.us-east-1.on.aws", region="us-east-1", admin=False)
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")
    assert sign(request, credentials, 1_700_000_000.9) == sign(request, credentials, 1_700_000_000)
