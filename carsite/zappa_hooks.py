"""What Zappa calls back while it deploys (zappa_settings.json, `callbacks`).

Zappa loads this file again for every callback; the work is done in carsite.deploy.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# Zappa is started as a script, whose folder is on the path instead of the project's.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from carsite.deploy import (
    bucket,
    by_hand,
    logs,
    machine,
    names,
    stage,
    throttling,
    young_role,
    zappa_keys,
)
from carsite.deploy.package import build, wheels

FILLED = {"deploy", "update"}
BUILT = {*FILLED, "package"}


def settings(cli: Any) -> None:
    """After the settings are loaded, whatever the command: most need nothing of what follows.

    What can be refused is refused here, before anything is made.
    """
    if cli.command != "package":  # which asks AWS for nothing
        names.check_region(cli)
    if cli.command in BUILT:
        zappa_keys.check(cli.stage_config)
        if not cli.vargs.get("zip"):  # an archive that is given was built elsewhere
            machine.check(cli.runtime)
        # Zappa takes pyenv's folders for its environment where none is activated.
        os.environ.setdefault("VIRTUAL_ENV", sys.prefix)
    if cli.command in FILLED:
        logs.period(cli.aws_environment_variables)
        if cli.command == "update":
            by_hand.keep(cli)
        stage.fill(cli)
        bucket.discard_at_exit(cli)
        young_role.wait(cli.zappa.lambda_client)
    if cli.command == "schedule" and (role := names.deployed_role(cli)):
        cli.zappa.role_name = role
    if cli.command == "update":
        machine.check_running(cli.zappa.lambda_client, cli.lambda_name, cli.runtime)


def zip(cli: Any) -> None:  # noqa: A001 - Zappa's name for this callback
    """After Zappa has written its archive, which holds nothing but its own settings."""
    runs_on = wheels.Target(cli.runtime, cli.architecture)
    build.rebuild(Path(cli.zip_path), cli.api_stage, runs_on)


def post(cli: Any) -> None:
    """After deploy and update."""
    days = logs.period(cli.aws_environment_variables)
    logs.keep(cli.zappa.logs_client, cli.lambda_name, days)
    throttling.throttle(cli, cli.outputs.throttling)
