"""What the function's role needs because of a setting: Zappa turns the feature on, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Statement = dict[str, Any]

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
SENDING = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def required(config: Mapping[str, Any]) -> list[Statement]:
    """Statements for `xray_tracing`, `dead_letter_arn` and `aws_kms_key_arn`."""
    statements = []
    if config.get("xray_tracing"):
        # X-Ray's actions know no resources.
        actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
        statements.append(_allow(actions, "*"))
    if queue := config.get("dead_letter_arn"):
        service = queue.split(":")[2]
        statements.append(_allow([SENDING[service]], queue))
    if key := config.get("aws_kms_key_arn"):
        statements.append(_allow(["kms:Decrypt"], key))
    return statements


def _allow(actions: list[str], resource: str) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": [resource]}
