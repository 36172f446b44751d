"""How long CloudWatch keeps a function's logs. Left to itself: for ever."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from click import ClickException, echo

PERIODS = {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731}
DEFAULT_DAYS = "1"


def keep(client: Any, function: str, days: str) -> None:
    """Set the retention, making the group if no invocation has; `client` is boto3's for logs."""
    if not days.isdecimal() or int(days) not in PERIODS:
        raise ClickException(
            f"LOG_RETENTION_DAYS is '{days}'; CloudWatch offers"
            f" {', '.join(map(str, sorted(PERIODS)))}."
        )
    group = f"/aws/lambda/{function}"
    # An earlier deploy may have made it, or the first invocation.
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_group(logGroupName=group)
    client.put_retention_policy(logGroupName=group, retentionInDays=int(days))
    echo(f"Logs in {group} are kept for {days} day{'' if days == '1' else 's'}.")
