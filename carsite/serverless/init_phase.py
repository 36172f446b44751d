"""What makes a cold start quick, all of it in Lambda's init phase.

A function of 256 MB has a whole processor while it starts and a seventh of one afterwards. What a
first request does for the first time (imports, compiled queries, the token, the connection and the
server's caches behind it) takes seven times as long once the init phase is over. So everything is
imported under `quick_imports()`, and `warm_up()` answers a request before any client asks.

Nothing of Django is imported here, so that it is imported under `quick_imports()`.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dbauth.deadline import time_limit

logger = logging.getLogger(__name__)
request_logger = logging.getLogger("carsite.request")

# REST framework imports these when they are installed, for features that no request uses, and they
# cost a cold start 25 ms. Lambda's runtime may bring the first two along with boto3.
UNUSED_BY_REST_FRAMEWORK = ("requests", "yaml", "django.contrib.postgres")

# Lambda starts over what takes longer than 10 s. A database that is asleep or away must not hold up
# the init phase: the first request waits for it, and says what is wrong.
CONNECT_SECONDS = 3

PAGE = "page_size=1"
# Answered with 400 before any database is asked.
NO_PAGE = "year=unknown"


@contextmanager
def quick_imports() -> Iterator[None]:
    """Imports create no garbage, so collecting during them wastes a tenth of the time.

    What is there at the end stays, and the collector never looks at it again. From then on it runs
    as Python has it, every 700 objects. Larger thresholds cost a request as much on average, but a
    collection of 5,000 objects takes 2 ms: at 256 MB, the quota of one in fifty requests.
    """
    gc.disable()
    try:
        with _absent(*UNUSED_BY_REST_FRAMEWORK):
            import rest_framework.compat  # noqa: F401 - the one module that asks for them
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _absent(*names: str) -> Iterator[None]:
    """Make importing these modules fail, as if they were not installed."""
    loaded = {name: sys.modules[name] for name in names if name in sys.modules}
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type] # None is how Python spells it
    try:
        yield
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update(loaded)


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
