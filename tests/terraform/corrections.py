"""What moto gets wrong of AWS, put right.

Terraform compares what it asked for with what AWS reports; without these corrections the
second plan would never be empty. Found with moto 5.2.5.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from moto.core.base_backend import BaseBackend
from moto.dsql.models import dsql_backends
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.rds.models import DBCluster

from tests.rig import linked_clusters
from tests.terraform.aws import DSQL_ZONES

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
