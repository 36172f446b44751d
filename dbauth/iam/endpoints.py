"""What the host names of AWS databases tell: service, kind, region and cluster.

A token is signed for a region, and the region is part of every name that AWS gives out.
"""

import os
import re
from functools import lru_cache
from typing import NamedTuple

from dbauth.errors import MisconfiguredError

REGION = r"(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d+)"
# Commercial and GovCloud, China, the European Sovereign Cloud; then the isolated partitions.
SUFFIX = (
    r"(?:amazonaws\.(?:com|com\.cn|eu)"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)"
)
PARTITIONS = {
    "cn": "aws-cn",
    "us-gov": "aws-us-gov",
    "eusc": "aws-eusc",
    "us-iso": "aws-iso",
    "us-isob": "aws-iso-b",
    "eu-isoe": "aws-iso-e",
    "us-isof": "aws-iso-f",
}

# China's names put the service before the region, all others after it.
RDS = (
    r".+?\.(?:(?P<special>proxy|cluster-custom)-[a-z0-9]+\.)?"
    rf"(?:rds\.)?{REGION}\.(?:rds\.)?{SUFFIX}"
)
RDS_KINDS = {None: "rds", "proxy": "rds-proxy", "cluster-custom": "rds-custom"}
DSQL = rf"(?P<cluster>[a-z0-9]+)\.dsql(?:-[a-z0-9]+)?\.{REGION}\.on\.aws"
DSQL_VPCE = rf"vpce-[a-z0-9-]+\.dsql(?:-[a-z0-9]+)?\.{REGION}\.vpce\.{SUFFIX}"


class Endpoint(NamedTuple):
    """A host name taken apart.

    `kind` is "rds", "rds-proxy", "rds-custom" (an Aurora custom endpoint), "dsql", "dsql-vpce"
    (a VPC endpoint's own name) or "other": a name of the user's own, which tells nothing.
    """

    host: str
    kind: str
    region: str | None = None
    cluster: str | None = None


@lru_cache
def parse(host: str) -> Endpoint:
    """The parts of `host`; never fails, an unknown name is of kind "other"."""
    name = host.lower().rstrip(".")
    # Compiled when one is tried: five of them would be a fiftieth of a cold start.
    if ".rds." in name:
        if match := re.fullmatch(RDS, name):
            return Endpoint(host, RDS_KINDS[match["special"]], match["region"])
    elif match := re.fullmatch(DSQL, name):
        return Endpoint(host, "dsql", match["region"], match["cluster"])
    elif match := re.fullmatch(DSQL_VPCE, name):
        return Endpoint(host, "dsql-vpce", match["region"])
    return Endpoint(host, "other")


def region_for(endpoint: Endpoint, option: str | None) -> str:
    """The region to sign for; raises MisconfiguredError where the settings leave doubt.

    `option` is OPTIONS["region"]. It settles a contradiction between the host and AWS_REGION, and
    is needed for a name that hides the region; it cannot contradict a name that shows it.
    """
    if endpoint.region is None:
        if option:
            return option
        raise MisconfiguredError(
            "E003",
            f"HOST {endpoint.host!r} does not show its AWS region.",
            "Set HOST to the endpoint that AWS shows for the database, or "
            'OPTIONS["region"] to its region.',
        )
    if option and option != endpoint.region:
        raise MisconfiguredError(
            "E003",
            f'OPTIONS["region"] is {option!r}, but HOST {endpoint.host!r} is in '
            f"{endpoint.region!r}.",
            "Remove the option, or correct the host.",
        )
    process = os.environ.get("AWS_REGION")
    if not option and process and process != endpoint.region:
        raise MisconfiguredError(
            "E003",
            f"AWS_REGION is {process!r}, but HOST {endpoint.host!r} is in {endpoint.region!r}.",
            "Correct whichever is wrong; where the database is in another region on purpose, set "
            f'OPTIONS["region"] to {endpoint.region!r}.',
        )
    return endpoint.region


def partition_of(region: str) -> str:
    """The first part of an ARN after `arn:` in `region`."""
    for prefix, partition in PARTITIONS.items():
        if region.startswith(f"{prefix}-"):
            return partition
    return "aws"
