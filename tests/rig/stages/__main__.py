"""`python -m tests.rig.stages dsql --port 8000`: serve a stage until Ctrl-C.

With --peer it is served in two regions, the second one on the next port.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import tests.rig.isolation  # noqa: F401 - first: libraries read variables while they are imported
from tests.rig.interrupts import undisturbed
from tests.rig.postgresql import running_postgresql
from tests.rig.stages.databases import DATABASES, PEERED
from tests.rig.stages.site import ADMINISTRATOR, Site

ADDRESSES = """
API http://127.0.0.1:{port}/cars   docs http://127.0.0.1:{port}/docs   admin http://127.0.0.1:{port}/admin/"""
READY = """{addresses}
The admin's user is {user}, the password {password}
carsite.settings.{stage}, except that http will do. Ctrl-C ends it, and its data goes with it.
"""


def serve(stage: str, port: int, *, peer: bool) -> int:
    """Everything from the database to the servers; returns the first one's exit status."""
    make_database = (PEERED if peer else DATABASES)[stage]
    with tempfile.TemporaryDirectory(prefix="carsite-stage-") as folder:
        site = Site(stage, Path(folder))
        with contextlib.ExitStack() as stack:
            with undisturbed():
                postgresql = stack.enter_context(running_postgresql())
                ways = stack.enter_context(make_database(postgresql, site.manage))
            password = site.prepare(ways[0])
            ports = range(port, port + len(ways))
            servers = [
                stack.enter_context(site.serving(port, way))
                for port, way in zip(ports, ways, strict=True)
            ]
            addresses = "".join(ADDRESSES.format(port=port) for port in ports)
            sys.stdout.write(
                READY.format(
                    addresses=addresses, user=ADMINISTRATOR, password=password, stage=stage
                )
            )
            sys.stdout.flush()
            return servers[0].wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.rig.stages", description=__doc__)
    parser.add_argument("stage", choices=DATABASES)
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    parser.add_argument(
        "--peer", action="store_true", help="dsql in two regions, the second on the next port"
    )
    given = parser.parse_args()
    if given.peer and given.stage not in PEERED:
        parser.error(f"--peer: only {', '.join(PEERED)} can be active in two regions.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return serve(given.stage, given.port, peer=given.peer)
    except KeyboardInterrupt:
        return 0  # this is how it is meant to end
    except subprocess.CalledProcessError:
        return 1  # the command has said why


if __name__ == "__main__":
    sys.exit(main())
