"""moto's AWS on loopback, with what it gets wrong put right.

Terraform compares what it asked for with what AWS reports; without these corrections the
second plan would never be empty. Found with moto 5.2.5.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import boto3
import requests
from moto.core.base_backend import BaseBackend
from moto.dsql.models import dsql_backends
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.rds.models import DBCluster
from moto.server import ThreadedMotoServer

from tests.rig import linked_clusters

REGION = "us-east-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}

# Of each region; not the first one, so that an endpoint which takes that is refused.
DSQL_ZONES = "bcd"

_endpoint_services: Any = EC2Backend._collect_default_endpoint_services
_reported_scaling: Any = DBCluster.scaling_configuration_info
_created: Any = DBCluster.__init__


def _scaling(cluster: DBCluster) -> Any:
    """AWS reports a v1 scaling configuration for serverless v1 alone; moto for every cluster."""
    if cluster.engine_mode != "serverless":
        return None
    return _reported_scaling.fget(cluster)


def _create(cluster: Any, *args: Any, **kwargs: Any) -> None:
    """moto takes the choice of extended support and never reports it."""
    _created(cluster, *args, **kwargs)
    cluster.engine_lifecycle_support = kwargs.get("engine_lifecycle_support")


def _description(rule: SecurityGroupRule) -> Any:
    """moto forgets the description of a rule that names another security group."""
    return (rule.ip_range or rule.source_group).get("Description")


def _services(account: str, region: str) -> list[dict[str, Any]]:
    """moto knows nothing of the services that DSQL's endpoints are for."""
    zones = [f"{region}{letter}" for letter in DSQL_ZONES]
    dsql = [
        BaseBackend.default_vpc_endpoint_service_factory(
            region, zones, special_service_name=cluster.endpoint_service_name.rpartition(".")[2]
        )
        for cluster in dsql_backends[account][region].clusters.values()
    ]
    return [*_endpoint_services(account, region), *(service for [service] in dsql)]


@contextmanager
def corrected() -> Iterator[None]:
    """Let every moto of this process answer as AWS does, for as long as the block lasts."""
    with (
        mock.patch.object(DBCluster, "scaling_configuration_info", property(_scaling)),
        mock.patch.object(DBCluster, "__init__", _create),
        mock.patch.object(SecurityGroupRule, "description", property(_description)),
        linked_clusters.supported(),
        mock.patch.object(
            EC2Backend, "_collect_default_endpoint_services", staticmethod(_services)
        ),
    ):
        yield


@contextmanager
def serve() -> Iterator[str]:
    """Yield the URL of an empty AWS."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with corrected():
        server.start()
        try:
            host, port = server.get_host_and_port()
            url = f"http://{host}:{port}"
            # What moto knows belongs to the process, and outlives the server.
            requests.post(f"{url}/moto-api/reset", timeout=10).raise_for_status()
            yield url
        finally:
            server.stop()


def client(service: str, url: str, region: str = REGION) -> Any:
    """Return a boto3 client of the service at `url`, from a session of its own: for any thread."""
    return boto3.Session().client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def endpoint_zones(url: str, region: str) -> list[str]:
    """The zones that VPC endpoints are in."""
    ec2 = client("ec2", url, region)
    endpoints = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    subnets = [subnet for endpoint in endpoints for subnet in endpoint["SubnetIds"]]
    found = ec2.describe_subnets(SubnetIds=subnets)["Subnets"] if subnets else []
    return sorted(subnet["AvailabilityZone"] for subnet in found)


def leftovers(url: str, region: str = REGION) -> dict[str, list[str]]:
    """Name everything of Terraform's kinds that exists, by kind; kinds without any are absent."""
    ec2, rds, logs = (client(service, url, region) for service in ("ec2", "rds", "logs"))
    has_dsql = region in linked_clusters.REGIONS
    dsql = client("dsql", url, region).list_clusters()["clusters"] if has_dsql else []
    found = {
        "vpc": [v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]],
        "endpoint": [
            e["VpcEndpointId"]
            for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if e["State"] != "deleted"
        ],
        "gateway": [
            g["InternetGatewayId"] for g in ec2.describe_internet_gateways()["InternetGateways"]
        ],
        "aurora": [c["DBClusterIdentifier"] for c in rds.describe_db_clusters()["DBClusters"]],
        "instance": [i["DBInstanceIdentifier"] for i in rds.describe_db_instances()["DBInstances"]],
        "subnet group": [
            g["DBSubnetGroupName"] for g in rds.describe_db_subnet_groups()["DBSubnetGroups"]
        ],
        "parameter group": [
            g["DBClusterParameterGroupName"]
            for g in rds.describe_db_cluster_parameter_groups()["DBClusterParameterGroups"]
        ],
        "snapshot": [
            s["DBClusterSnapshotIdentifier"]
            for s in rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
        ],
        "dsql": [c["identifier"] for c in dsql],
        "log group": [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]],
    }
    return {kind: names for kind, names in found.items() if names}
