"""How long an answer may take: what is left of the invocation, and of the gateway's patience."""

from __future__ import annotations

import time
from typing import Any

from carsite.serverless.events import Event, is_http

# After the last wait for the database there has to be time for the answer.
ANSWER_SECONDS = 2
# API Gateway gives up then, however long the function may run.
GATEWAY_SECONDS = 29


def seconds(event: Any, context: Any) -> float:
    """What the waits for the database may take together, of one event from now on."""
    left: float = context.get_remaining_time_in_millis() / 1000
    if is_http(event):
        left = min(left, GATEWAY_SECONDS - waited(event))
    return left - ANSWER_SECONDS


def waited(event: Event) -> float:
    """Seconds since the gateway took the request: on a cold start, Lambda's clock begins later.

    0 where the event does not say, or its clock cannot be right: beyond the gateway's patience
    nobody is there to be answered.
    """
    context = event["requestContext"]
    taken = context.get("requestTimeEpoch") or context.get("timeEpoch") or 0
    since = time.time() - taken / 1000
    return since if 0 <= since < GATEWAY_SECONDS else 0.0
