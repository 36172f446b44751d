"""What host names tell, and when they are contradicted."""

import pytest

from dbauth.errors import MisconfiguredError
from dbauth.iam.endpoints import parse, partition_of, region_for

RDS = "db.abc.us-east-1.rds.amazonaws.com"


@pytest.fixture(autouse=True)
def no_region(monkeypatch):
    monkeypatch.delenv("AWS_REGION", raising=False)


@pytest.mark.parametrize(
    ("host", "kind", "region", "cluster"),
    [
        (RDS, "rds", "us-east-1", None),
        ("DB.ABC.US-EAST-1.RDS.AMAZONAWS.COM", "rds", "us-east-1", None),
        ("c.cluster-abc.eu-west-3.rds.amazonaws.com", "rds", "eu-west-3", None),
        ("c.cluster-ro-abc.eu-west-3.rds.amazonaws.com", "rds", "eu-west-3", None),
        ("c.cluster-custom-abc.eu-west-3.rds.amazonaws.com", "rds-custom", "eu-west-3", None),
        ("p.proxy-abc.ap-southeast-2.rds.amazonaws.com", "rds-proxy", "ap-southeast-2", None),
        ("e.endpoint.proxy-abc.eu-west-3.rds.amazonaws.com", "rds-proxy", "eu-west-3", None),
        ("db.abc.us-gov-west-1.rds.amazonaws.com", "rds", "us-gov-west-1", None),
        ("db.abc.rds.cn-north-1.amazonaws.com.cn", "rds", "cn-north-1", None),
        ("db.cluster-abc.cn-northwest-1.rds.amazonaws.com.cn", "rds", "cn-northwest-1", None),
        ("db.abc.eusc-de-east-1.rds.amazonaws.eu", "rds", "eusc-de-east-1", None),
        ("db.abc.us-iso-east-1.rds.c2s.ic.gov", "rds", "us-iso-east-1", None),
        ("db.abc.us-isob-east-1.rds.sc2s.sgov.gov", "rds", "us-isob-east-1", None),
        ("db.abc.eu-isoe-west-1.rds.cloud.adc-e.uk", "rds", "eu-isoe-west-1", None),
        ("p.proxy-abc.us-isof-south-1.rds.csp.hci.ic.gov", "rds-proxy", "us-isof-south-1", None),
        ("vft.dsql.us-east-1.on.aws", "dsql", "us-east-1", "vft"),
        ("vft.dsql-fnh4.us-east-1.on.aws", "dsql", "us-east-1", "vft"),
        ("vpce-07-nr.dsql-fnh4.us-east-1.vpce.amazonaws.com", "dsql-vpce", "us-east-1", None),
        ("db.example.com", "other", None, None),
        ("db.us-east-1.amazonaws.com", "other", None, None),
        (f"{RDS}.example.com", "other", None, None),
        ("127.0.0.1", "other", None, None),
    ],
)
def test_a_host_name_tells_service_region_and_cluster(host, kind, region, cluster):
    assert parse(host) == (host, kind, region, cluster)


def test_the_region_is_read_from_the_host():
    assert region_for(parse(RDS), None) == "us-east-1"


def test_the_same_region_three_times_is_no_contradiction(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert region_for(parse(RDS), "us-east-1") == "us-east-1"


def test_a_name_that_hides_the_region_needs_the_option(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with pytest.raises(
        MisconfiguredError, match=r"'db.example.com' does not show .* OPTIONS"
    ) as caught:
        region_for(parse("db.example.com"), None)
    assert caught.value.id == "E003"
    assert region_for(parse("db.example.com"), "us-west-2") == "us-west-2"


def test_a_process_in_another_region_needs_the_option(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with pytest.raises(MisconfiguredError, match=r"AWS_REGION is 'eu-west-1', .* in 'us-east-1'"):
        region_for(parse(RDS), None)
    assert region_for(parse(RDS), "us-east-1") == "us-east-1"


def test_the_option_cannot_contradict_the_host():
    with pytest.raises(MisconfiguredError, match=r"OPTIONS\[\"region\"\] is 'eu-west-1'"):
        region_for(parse(RDS), "eu-west-1")


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-west-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
    ],
)
def test_arns_begin_with_the_partition_of_the_region(region, partition):
    assert partition_of(region) == partition
