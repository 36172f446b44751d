"""Zappa's own bucket goes when the command ends, in whatever way it ends."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from carsite.deploy import bucket


@pytest.fixture
def client() -> Iterator[Any]:
    from moto import mock_aws  # why here: tests/terraform/aws.py

    with mock_aws():
        yield boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )


def cli(client: Any, **config: str) -> Any:
    client.create_bucket(Bucket="zappa-1")
    client.put_object(Bucket="zappa-1", Key="template.json", Body=b"{}")
    return SimpleNamespace(
        stage_config=config,
        s3_bucket_name="zappa-1",
        zappa=SimpleNamespace(s3_client=client),
        on_exit=lambda: None,
    )


def test_a_deploy_that_failed_leaves_no_bucket(client: Any) -> None:
    ended = cli(client)
    bucket.discard_at_exit(ended)
    ended.on_exit()
    assert client.list_buckets()["Buckets"] == []


def test_a_bucket_that_was_never_made_or_is_gone_is_no_error(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = cli(client)
    bucket.discard_at_exit(ended)
    ended.on_exit()
    ended.on_exit()
    assert capsys.readouterr().out == ""


def test_zappas_own_cleanup_may_fail(client: Any) -> None:
    def fail() -> None:
        raise OSError("no network")

    ended = cli(client)
    ended.on_exit = fail
    bucket.discard_at_exit(ended)
    with pytest.raises(OSError, match="no network"):
        ended.on_exit()
    assert client.list_buckets()["Buckets"] == []


def test_every_stage_of_all_has_its_bucket_deleted(client: Any) -> None:
    ended = cli(client)
    bucket.discard_at_exit(ended)
    client.create_bucket(Bucket="zappa-2")
    ended.s3_bucket_name = "zappa-2"
    bucket.discard_at_exit(ended)
    ended.on_exit()
    assert client.list_buckets()["Buckets"] == []


def test_a_bucket_of_yours_is_kept(client: Any) -> None:
    ended = cli(client, s3_bucket="zappa-1")
    bucket.discard_at_exit(ended)
    ended.on_exit()
    assert [each["Name"] for each in client.list_buckets()["Buckets"]] == ["zappa-1"]
