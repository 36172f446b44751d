"""A role that was made a moment ago: Lambda refuses it until IAM has spread the news."""

from __future__ import annotations

from functools import partial
from typing import Any

from click import echo

# What Lambda says of a role, and of a role's policy, that it does not know yet.
# https://github.com/aws/aws-cdk/issues/7998 has both.
REFUSALS = (
    "role defined for the function cannot be assumed by Lambda",
    "execution role does not have permissions to call CreateNetworkInterface",
)
OPERATIONS = ("CreateFunction", "UpdateFunctionConfiguration")
PAUSE_SECONDS = 5.0
ATTEMPTS = 24


def wait(client: Any, pause: float = PAUSE_SECONDS) -> None:
    """Let `client`, boto3's for Lambda, repeat what a young role is refused for two minutes."""
    for operation in OPERATIONS:
        client.meta.events.register(f"needs-retry.lambda.{operation}", partial(_again, pause))


def _again(pause: float, response: Any, attempts: int, **_: Any) -> float | None:
    """The seconds until the call is repeated; None to leave its result as it is."""
    message = response[1].get("Error", {}).get("Message", "") if response else ""
    if attempts >= ATTEMPTS or not any(words in message for words in REFUSALS):
        return None
    if attempts == 1:
        echo("The role is new, and Lambda does not know it yet: waiting, two minutes at most.")
    return pause
