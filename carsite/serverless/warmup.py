"""The init phase's own request, so that the first one of a client finds everything done.

A function of 256 MB has a whole processor while it starts and a seventh of one afterwards. What a
first request does for the first time (imports, compiled queries, the token, the connection and the
server's caches behind it) takes seven times as long once the init phase is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from carsite.serverless.request_log import logger as request_logger
from dbauth.deadline import time_limit

logger = logging.getLogger(__name__)

# Lambda starts over what takes longer than 10 s. A database that is asleep or away must not hold up
# the init phase: the first request waits for it, and says what is wrong.
CONNECT_SECONDS = 3

PAGE = "page_size=1"
# Answered with 400 before any database is asked.
NO_PAGE = "year=unknown"


def warm_up(http: Callable[[dict[str, Any], Any], Any], environment: Mapping[str, str]) -> None:
    """Answer GET /cars once, in nobody's name and without a line in the request log.

    The database takes part only where a request waits for this environment ("on-demand"). A
    SnapStart snapshot would hand one connection and one token to all of its copies, and provisioned
    environments would keep a connection each for hours before anybody asks.
    """
    on_demand = environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "on-demand"
    request_logger.disabled = True
    try:
        with time_limit(CONNECT_SECONDS):
            http(_event(PAGE if on_demand else NO_PAGE), None)
    except Exception:
        # The first request meets the same error, and answers with it.
        logger.exception("The init phase's request failed")
    finally:
        request_logger.disabled = False


def _event(query: str) -> dict[str, Any]:
    """An HTTP API's event; without a Host it gets one that is allowed."""
    return {
        "version": "2.0",
        "rawPath": "/cars",
        "rawQueryString": query,
        "headers": {"accept": "application/json"},
        "requestContext": {
            "http": {
                "method": "GET",
                "path": "/cars",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
            },
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
