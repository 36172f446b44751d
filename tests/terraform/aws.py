"""moto's AWS on loopback, and what is in it.

moto and its corrections are imported where it is started: that takes two seconds, and collecting
the tests needs none of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import requests

REGION = "us-east-1"
ACCOUNT = "123456789012"  # moto's
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}

# Of each region; not the first one, so that an endpoint which takes that is refused.
DSQL_ZONES = "bcd"


@contextmanager
def serve() -> Iterator[str]:
    """Yield the URL of an empty AWS."""
    from moto.server import ThreadedMotoServer

    from tests.terraform.corrections import corrected

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
    from tests.rig import linked_clusters

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
