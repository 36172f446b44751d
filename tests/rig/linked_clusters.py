"""Linked clusters of Aurora DSQL: moto keeps what each says of the other, and that is all.

In AWS a cluster that was made with a witness is PENDING_SETUP until it and another one name each
other, and one that is deleted is PENDING_DELETE until the other one is deleted too.
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/multi-region-aws-cli.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

from moto.dsql.models import AuroraDSQLBackend, Cluster, dsql_backends
from moto.moto_api._internal.managed_state_model import ManagedState

REGIONS = ("us-east-1", "us-east-2")  # all that moto has of DSQL
GONE = {"DELETING", "DELETED"}

_own_status: Any = ManagedState.status
_create: Any = AuroraDSQLBackend.create_cluster
_update: Any = AuroraDSQLBackend.update_cluster


@contextlib.contextmanager
def supported() -> Iterator[None]:
    """Let clusters be linked, in every moto of this process, for as long as the block lasts."""
    with (
        mock.patch.object(Cluster, "status", property(_status, _own_status.fset), create=True),
        mock.patch.object(AuroraDSQLBackend, "create_cluster", _created),
        mock.patch.object(AuroraDSQLBackend, "update_cluster", _updated),
    ):
        yield


def _status(cluster: Any) -> str:
    status: str = _own_status.fget(cluster)
    if cluster.multi_region_properties is None:
        return status
    linked = [other for other in _named(cluster) if cluster.arn in _others(other)]
    if status == "ACTIVE" and not linked:
        return "PENDING_SETUP"
    if status in GONE and not all(_own_status.fget(other) in GONE for other in linked):
        return "PENDING_DELETE"
    return status


def _named(cluster: Any) -> list[Any]:
    """The other clusters that this one names, of those that there are."""
    there = [
        each
        for region in REGIONS
        for each in dsql_backends[cluster.account_id][region].clusters.values()
    ]
    return [each for each in there if each.arn in _others(cluster)]


def _others(cluster: Any) -> set[str]:
    """ARNs of the clusters that this one says it is linked to."""
    properties = cluster.multi_region_properties or {}
    return set(properties.get("clusters", ())) - {cluster.arn}


def _created(backend: Any, *arguments: Any, **options: Any) -> Any:
    return _with_itself(_create(backend, *arguments, **options))


def _updated(backend: Any, *arguments: Any, **options: Any) -> Any:
    return _with_itself(_update(backend, *arguments, **options))


def _with_itself(cluster: Any) -> Any:
    """AWS lists a cluster among those that it is linked to."""
    if properties := cluster.multi_region_properties:
        named = sorted({cluster.arn, *properties.get("clusters", ())})
        cluster.multi_region_properties = {**properties, "clusters": named}
    return cluster
