"""The shell of someone who follows the guide: what one line exports, the next ones know."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.rig.environment import terraform
from tests.rig.routes import Routes

LINE_SECONDS = 1200
# Written by the shell itself, whatever becomes of the line.
THEN_TELL = "\nstatus=$?; env -0 > /dev/fd/{descriptor}; exit $status"


@dataclass
class Shell:
    """Runs lines in `folder`, one after the other, with `variables` and nothing else exported."""

    folder: Path
    variables: dict[str, str]
    routes: Routes

    def run(self, line: str) -> tuple[int, str]:
        """The line's exit status, and what it printed. Raises subprocess.TimeoutExpired."""
        reading, writing = os.pipe()
        with open(reading, "rb") as exported:  # noqa: PTH123 - a pipe has no path
            try:
                done = self._run(line + THEN_TELL.format(descriptor=writing), writing)
            finally:
                os.close(writing)
            told = exported.read().decode().split("\0")
        self.variables = dict(item.split("=", 1) for item in told if item)
        return done

    def _run(self, script: str, descriptor: int) -> tuple[int, str]:
        with subprocess.Popen(
            ["sh", "-c", script],
            cwd=self.folder,
            env=self.routes.applied(self.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            pass_fds=[descriptor],
            start_new_session=True,
        ) as process:
            try:
                printed, _ = process.communicate(timeout=LINE_SECONDS)
            except BaseException:
                # Whatever ends the wait ends the line, with all that it has started.
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return process.returncode, printed


def variables(home: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What is exported before the first line: little of this shell's, and what is given."""
    return {
        # Where Terraform's provider comes from is this machine's business.
        **terraform(),
        # Where `make` has put `python` and `zappa`, whichever environment is activated here.
        "VIRTUAL_ENV": sys.prefix,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CURL_HOME": str(home),
        "TF_CLI_ARGS": "-no-color",
        **given,
    }
