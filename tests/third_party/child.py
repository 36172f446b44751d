"""`python -m tests.third_party.child RESULT [KILLED_AFTER]`: `migrate` of one package.

Started by tests.third_party.runs. What it came to is written to RESULT as JSON: `statements` that
were sent, and the `error` and `migration` that it ended with, if it did. With KILLED_AFTER it ends
by SIGKILL after so many statements that change something.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate


def main(result: str, killed_after: str = "0") -> None:
    # Behind the project's own packages, which the backend needs in their own versions.
    sys.path.append(os.environ["THIRD_PARTY_SITE"])
    outcome: dict[str, Any] = {"statements": 0, "changes": 0, "error": "", "migration": ""}

    def count(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        answer = execute(sql, *args)
        outcome["statements"] += 1
        outcome["changes"] += changes(sql)
        if outcome["changes"] == int(killed_after) > 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    django.setup()
    began = time.process_time()
    pre_migrate.connect(lambda plan, **_kwargs: tell(plan, outcome), weak=False)
    try:
        with connection.execute_wrapper(count):
            call_command("migrate", verbosity=0)
    except Exception as error:  # noqa: BLE001 - whatever a package's migrations raise
        traceback.print_exc()
        outcome["error"] = f"{type(error).__name__}: {str(error).strip()}"
    else:
        outcome["migration"] = ""
    outcome["cpu_seconds"] = time.process_time() - began
    Path(result).write_text(json.dumps(outcome))


def changes(sql: str) -> bool:
    """Whether a statement changes something; who may migrate is another matter."""
    return not sql.lstrip().startswith(("SELECT", "SET", "CALL")) and "_lease" not in sql


def tell(plan: Any, outcome: dict[str, Any]) -> None:
    """Let each migration say that it begins."""
    for migration, _backwards in plan:
        apply = migration.apply
        if getattr(apply, "tells", False):
            continue

        def telling(
            *args: Any, apply: Any = apply, name: str = str(migration), **kwargs: Any
        ) -> Any:
            outcome["migration"] = name
            return apply(*args, **kwargs)

        telling.tells = True  # type: ignore[attr-defined] # the signal is sent once for each app
        migration.apply = telling


if __name__ == "__main__":
    main(*sys.argv[1:])
