"""What Lambda calls: `carsite.lambda_handler.handler`.

Everything a request needs is loaded when Lambda imports this module. That is the init phase, which
has a whole processor even where the function has a fraction of one.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# REST framework imports these when they are installed, for features that no request uses, and they
# cost a cold start 25 ms. Lambda's runtime may bring the first two along with boto3.
UNUSED_BY_REST_FRAMEWORK = ("requests", "yaml", "django.contrib.postgres")


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


# Nothing of what is imported here becomes garbage, so looking for some wastes a tenth of the time.
gc.disable()

with _absent(*UNUSED_BY_REST_FRAMEWORK):
    import rest_framework.compat  # noqa: F401 - the one module that asks for them

from carsite.serverless.events import is_http  # noqa: E402 - after what Django would load
from carsite.serverless.gateway import http_handler  # noqa: E402
from carsite.serverless.warmup import warm_up  # noqa: E402
from carsite.wsgi import application  # noqa: E402
from dbauth.deadline import time_limit  # noqa: E402

# After the last wait for the database there has to be time for the answer.
ANSWER_SECONDS = 2
# API Gateway gives up after 29 seconds, however long the function may run.
LONGEST_SECONDS = 27

_http = http_handler(application)
warm_up(_http, os.environ)

gc.freeze()
gc.enable()
# A request makes hardly any cycles; looking for them every 700 objects takes a twentieth of it.
gc.set_threshold(5_000)


def handler(event: dict[str, Any], context: Any) -> Any:
    """Answer one event: HTTP by Django, anything else by carsite.serverless.commands."""
    remaining = context.get_remaining_time_in_millis() / 1000 - ANSWER_SECONDS
    if not is_http(event):
        # Zappa's handler and Django's commands: no cold start of the API pays for them.
        from carsite.serverless import commands

        with time_limit(remaining):
            return commands.run(event, context)
    with time_limit(min(remaining, LONGEST_SECONDS)):
        return _http(event, context)
