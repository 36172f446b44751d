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
    from carsite.serverless import budget
    from carsite.serverless.events import is_http
    from carsite.serverless.gateway import http_handler
    from carsite.wsgi import application

    _http = http_handler(application)
    warm_up(_http, os.environ)


def handler(event: dict[str, Any], context: Any) -> Any:
    """Answer one event: HTTP by Django, anything else by carsite.serverless.commands."""
    with time_limit(budget.seconds(event, context)):
        if is_http(event):
            return _http(event, context)
        # Zappa's handler and Django's commands: no cold start of the API pays for them.
        from carsite.serverless import commands

        return commands.run(event, context)
