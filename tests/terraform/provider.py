"""AWS's provider as one process for many runs of Terraform's.

Terraform starts it several times a run, which is more than half of a plan's processor time.
https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "TF_REATTACH_PROVIDERS"
END_SECONDS = 60


@contextmanager
def running_provider(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment `env` of a terraform command, with the provider running for its runs.

    It has one configuration at a time: for files that name two regions it is the wrong one. What it
    logs belongs to Terraform's log, as if Terraform had started it.
    """
    installed = Path(env["TF_DATA_DIR"]) / "providers"
    [program] = installed.glob("*/hashicorp/aws/*/*/terraform-provider-aws_*")
    level = env.get("TF_LOG", "OFF")
    with (
        Path(env.get("TF_LOG_PATH", os.devnull)).open("a") as log,
        subprocess.Popen(
            [program, "-debug"],
            env={**env, "TF_LOG_SDK": level, "TF_LOG_PROVIDER_AWS": level},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdout
        told = (re.search(rf"{VARIABLE}='(.+)'", line) for line in process.stdout)
        found = next(filter(None, told), None)
        assert found, f"{program} does not start"
        try:
            yield {**env, VARIABLE: found[1]}
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
