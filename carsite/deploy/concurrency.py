"""How many containers a function may have: no more than its database has connections for."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from click import echo

SETTING = "lambda_concurrency"
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
ALWAYS_UNRESERVED = 100


def bound(cli: Any, wanted: int | None) -> None:
    """Set the concurrency to reserve; `wanted` is Terraform's, None for none.

    The stage's own setting wins. What a function has stays where neither names a number, and a
    function that was closed (0) stays closed.
    """
    if SETTING in cli.stage_config:
        return
    reserved = _reserved(cli) if cli.command == "update" else None
    if wanted is None or reserved == 0:
        cli.lambda_concurrency = reserved
    else:
        cli.lambda_concurrency = affordable(cli.zappa.lambda_client, wanted, reserved or 0)


def affordable(client: Any, wanted: int, reserved: int) -> int | None:
    """As much of `wanted` as the account can reserve; None where it has fewer containers anyway.

    `client` is boto3's for Lambda, `reserved` what the function already has.
    """
    try:
        limits = client.get_account_settings()["AccountLimit"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return wanted  # whoever may not ask: Lambda itself says what it cannot do
    free = limits["UnreservedConcurrentExecutions"] + reserved
    if free <= wanted:
        echo(f"The account has {free} containers left, fewer than the {wanted} that the database")
        echo("bears: none are reserved. Deploy again after a raise of the quota.")
        return None
    most: int = min(wanted, free - ALWAYS_UNRESERVED)
    if most < 1:
        echo(f"The account has {free} containers left, too few to reserve any, and the database")
        echo(f"bears {wanted}: ask for a raise of the quota.")
        return None
    return most


def _reserved(cli: Any) -> int | None:
    client = cli.zappa.lambda_client
    try:
        function = client.get_function(FunctionName=cli.lambda_name)
    except client.exceptions.ResourceNotFoundException:
        return None  # Zappa says so itself
    reserved: int | None = function.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    return reserved
