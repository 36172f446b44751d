"""Functions for `events` of zappa_settings.json: housekeeping that nobody has to remember.

"events": [{"function": "carsite.serverless.schedules.clear_sessions", "expression": "rate(1 day)"}]
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.management import call_command

logger = logging.getLogger(__name__)


def clear_sessions(event: dict[str, Any], context: Any) -> None:
    """Delete expired sessions: nothing else does. What fails is raised, and Lambda tries again."""
    call_command("clearsessions")
    logger.info("Expired sessions are deleted.")
