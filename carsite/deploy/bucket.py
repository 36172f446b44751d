"""The bucket that a package passes through on its way into Lambda."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from click import echo

ABSENT = {"NoSuchBucket", "404"}


def discard_at_exit(cli: Any) -> None:
    """Delete Zappa's own bucket when the command ends, in whatever way. `cli` is its ZappaCLI.

    Without the setting `s3_bucket` Zappa makes one under a random name at every deploy and update,
    and leaves it behind.
    """
    if "s3_bucket" in cli.stage_config:
        return
    # With --all, the next stage has another bucket.
    zappas, client, name = cli.on_exit, cli.zappa.s3_client, cli.s3_bucket_name

    def on_exit() -> None:
        try:
            zappas()
        finally:
            discard(client, name)

    cli.on_exit = on_exit


def discard(client: Any, name: str) -> None:
    """Delete a bucket, if there is one, and what is left in it. `client` is boto3's for S3."""
    try:
        for entry in client.list_objects_v2(Bucket=name).get("Contents", []):
            client.delete_object(Bucket=name, Key=entry["Key"])
        client.delete_bucket(Bucket=name)
    except ClientError as error:
        if (code := error.response["Error"]["Code"]) not in ABSENT:
            echo(f"The bucket {name} could not be deleted: {code}.")
