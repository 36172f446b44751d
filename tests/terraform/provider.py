"""AWS's provider as one process, for the tests whose AWS is mocked.

Terraform starts it several times a run, for nothing but the shapes of resources where AWS is
mocked: two thirds of the processor time. https://developer.hashicorp.com/terraform/plugin/debugging
"""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "TF_REATTACH_PROVIDERS"


@contextmanager
def running_provider(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment `env` of a terraform command, with the provider running for its runs.

    Such a process has one configuration, however many Terraform's files have.
    """
    installed = Path(env["TF_DATA_DIR"]) / "providers"
    [program] = installed.glob("*/hashicorp/aws/*/*/terraform-provider-aws_*")
    with subprocess.Popen(
        [program, "-debug"], env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        found = (re.search(rf"{VARIABLE}='(.+)'", line) for line in process.stdout)
        try:
            yield {**env, VARIABLE: next(match[1] for match in found if match)}
        finally:
            process.send_signal(signal.SIGINT)
