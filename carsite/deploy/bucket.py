"""The bucket that a package passes through on its way into Lambda."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from click import echo


def discard(client: Any, name: str) -> None:
    """Delete Zappa's bucket, which is empty by now. `client` is boto3's for S3.

    Without the setting `s3_bucket` Zappa makes one under a random name at every deploy and update,
    and leaves it behind.
    """
    try:
        client.delete_bucket(Bucket=name)
    except ClientError as error:
        echo(f"The bucket {name} could not be deleted: {error.response['Error']['Code']}.")
