"""Functions for `events` of zappa_settings.json: housekeeping that nobody has to remember.

"events": [{"function": "carsite.serverless.schedules.clear_sessions", "expression": "rate(1 day)"}]
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.management import call_command

from carsite.http import guesses

logger = logging.getLogger(__name__)


def clear_sessions(event: dict[str, Any], context: Any) -> None:
    """Delete expired sessions and failed logins: nothing else does.

    What fails is raised, and Lambda tries again.
    """
    call_command("clearsessions")
    guesses.clear_expired()
    logger.info("Expired sessions and failed logins are deleted.")
