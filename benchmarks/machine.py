"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg2

from tests.rig.postgresql import running_postgresql

PACKAGES = (
    *("django", "djangorestframework", "zappa", "fastapi", "sqlalchemy", "mangum"),
    *("aws-lambda-powertools", "psycopg2-binary", "orjson"),
)


def describe() -> dict[str, str]:
    """The date, the processor, and the versions of all that takes part."""
    with running_postgresql() as server:
        ((postgresql,),) = server.execute("SHOW server_version")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": f"{os.cpu_count()} x {_processor()}",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": str(postgresql),
        "libpq": ".".join(map(str, divmod(psycopg2.extensions.libpq_version(), 10_000))),
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    """Its model as Linux knows it; elsewhere what Python knows."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
