"""`python -m tests.rig.stages dsql --port 8000`: serve a stage until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.rig.environment import settle
from tests.rig.interrupts import undisturbed
from tests.rig.postgresql import running_postgresql
from tests.rig.stages.databases import DATABASES
from tests.rig.stages.site import ADMINISTRATOR, Site

READY = """
API http://127.0.0.1:{port}/cars   docs http://127.0.0.1:{port}/docs   admin http://127.0.0.1:{port}/admin/
The admin's user is {user}, the password {password}
carsite.settings.{stage}, except that http will do. Ctrl-C ends it, and its data goes with it.
"""


def serve(stage: str, port: int) -> int:
    """Everything from the database to the server; returns runserver's exit status."""
    with tempfile.TemporaryDirectory(prefix="carsite-stage-") as folder:
        site = Site(stage, Path(folder))
        with contextlib.ExitStack() as stack:
            with undisturbed():
                postgresql = stack.enter_context(running_postgresql())
                database = stack.enter_context(DATABASES[stage](postgresql, site.manage))
            password = site.prepare(database)
            server = stack.enter_context(site.serving(port))
            sys.stdout.write(
                READY.format(port=port, user=ADMINISTRATOR, password=password, stage=stage)
            )
            sys.stdout.flush()
            return server.wait()


def main() -> int:
    settle()
    parser = argparse.ArgumentParser(prog="python -m tests.rig.stages", description=__doc__)
    parser.add_argument("stage", choices=DATABASES)
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return serve(given.stage, given.port)
    except KeyboardInterrupt:
        return 0  # this is how it is meant to end
    except subprocess.CalledProcessError:
        return 1  # the command has said why


if __name__ == "__main__":
    sys.exit(main())
