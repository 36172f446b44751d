"""What Lambda calls: `carsite.lambda_handler.handler`.

Everything a request needs is loaded when Lambda imports this module: see
carsite.serverless.init_phase.
"""

from __future__ import annotations

import os
from typing import Any

from carsite.serverless.init_phase import quick_imports, warm_up
from dbauth.deadline import time_limit

with quick_imports():
    from carsite.serverless.events import is_http
    from carsite.serverless.gateway import http_handler
    from carsite.wsgi import application

    _http = http_handler(application)
    warm_up(_http, os.environ)

# After the last wait for the database there has to be time for the answer.
ANSWER_SECONDS = 2
# API Gateway gives up after 29 seconds, however long the function may run.
LONGEST_SECONDS = 27


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
