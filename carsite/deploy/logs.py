"""How long CloudWatch keeps a function's logs. By default it keeps them without end."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from click import ClickException, echo

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
PERIODS = {
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
}
VARIABLE = "LOG_RETENTION_DAYS"
DEFAULT_DAYS = "1"


def period(variables: Mapping[str, str]) -> int:
    """The days that a stage's variables ask for. Raises ClickException for what cannot be had."""
    days = variables.get(VARIABLE, DEFAULT_DAYS)
    if not days.isdecimal() or int(days) not in PERIODS:
        raise ClickException(
            f"{VARIABLE} is '{days}'; CloudWatch offers {', '.join(map(str, sorted(PERIODS)))}."
        )
    return int(days)


def keep(client: Any, function: str, days: int) -> None:
    """Set the retention, making the group if no invocation has; `client` is boto3's for logs."""
    group = f"/aws/lambda/{function}"
    # An earlier deploy may have made it, or the first invocation.
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName=group)
    client.put_retention_policy(logGroupName=group, retentionInDays=days)
    echo(f"Logs in {group} are kept for {days} day{'' if days == 1 else 's'}.")
