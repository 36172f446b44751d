"""`python -m benchmarks.connect`: CPU of the client for one new connection, beside the peers.

A real PostgreSQL behind the IAM front door of the tests, TLS verified. The yardstick is Django's
own backend with a password that never changes, and to compare like with like that password is a
token too: the server asks for both in the same way, and libpq gets the same options for both.
Variants are shuffled in every round.

Needs benchmarks/requirements.txt.
"""

import contextlib
import gc
import os
import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

import django
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from benchmarks.report import QUICK, save, show
from dbauth.defaults import CONNECT_SECONDS
from dbauth.iam.credentials import Credentials
from dbauth.iam.login import DEFAULTS
from dbauth.iam.signing import rds_request, sign
from tests.rig.front_door import CREDENTIALS, FrontDoor, running_front_door
from tests.rig.postgresql import running_postgresql

ROUNDS = 100 if QUICK else 400
# The peers cost twenty times as much; fewer rounds are enough to see that.
PEER_ROUNDS = 5 if QUICK else 20
RDS_HOST = "cars.cluster-c9akciq32.us-east-1.rds.amazonaws.com"
DSQL_HOST = "bntegz2wxyabcdefghijklmnop.dsql.us-east-1.on.aws"
YARDSTICK = "static password (Django)"
OURS = ("dbauth", "dbauth.dsql")
PEERS = ("django-iam-dbauth 0.2.1", "aurora-dsql-django 0.7.0")


def databases(rds: FrontDoor, dsql: FrontDoor) -> dict[str, dict[str, Any]]:
    """The variants as entries of settings.DATABASES."""
    request = rds_request(host=RDS_HOST, port=rds.port, user="app", region="us-east-1")
    credentials = Credentials(CREDENTIALS.access_key, CREDENTIALS.secret_key)
    unchanging = sign(request, credentials, time.time())
    verified = {"sslmode": "verify-full"}
    same = {**DEFAULTS, "connect_timeout": CONNECT_SECONDS}
    return {
        YARDSTICK: entry(rds, "django.db.backends.postgresql", same, PASSWORD=unchanging),
        "dbauth": entry(rds, "dbauth"),
        "dbauth.dsql": entry(dsql, "dbauth.dsql"),
        PEERS[0]: entry(
            rds,
            "django_iam_dbauth.aws.postgresql",
            verified
            | {"use_iam_auth": True, "region_name": "us-east-1", "resolve_cname_enabled": False},
        ),
        # Without the setting it turns every AutoField of the process into a UUID.
        PEERS[1]: entry(dsql, "aurora_dsql_django", verified, USE_SEQUENCE_AUTOFIELDS=True),
    }


def entry(
    door: FrontDoor, engine: str, options: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "ENGINE": engine,
        "NAME": "postgres",
        "USER": "app" if door.kind == "rds-iam" else "admin",
        "HOST": door.host,
        "PORT": door.port,
        "OPTIONS": {"hostaddr": "127.0.0.1", "sslrootcert": str(door.ca)} | (options or {}),
    } | more


def connect(wrapper: BaseDatabaseWrapper) -> float:
    """CPU milliseconds of this process for one new connection."""
    started = time.process_time()
    wrapper.connect()
    used = time.process_time() - started
    wrapper.close()
    return used * 1000


def measure(wrappers: dict[str, BaseDatabaseWrapper]) -> dict[str, float]:
    """The median of each variant."""
    samples: dict[str, list[float]] = {name: [] for name in wrappers}
    gc.disable()  # or it is chance who pays for the rubbish of all
    for wrapper in wrappers.values():
        connect(wrapper)  # imports and, where there is one, the token cache are warm from here on
    for number in range(ROUNDS):
        names = [name for name in wrappers if number < PEER_ROUNDS or name not in PEERS]
        for name in random.sample(names, len(names)):
            samples[name].append(connect(wrappers[name]))
    return {name: statistics.median(times) for name, times in samples.items()}


@contextlib.contextmanager
def variants() -> Iterator[dict[str, BaseDatabaseWrapper]]:
    """A wrapper for each variant, with the doors open."""
    with (
        running_postgresql() as server,
        running_front_door(server, "rds-iam", [RDS_HOST]) as rds,
        running_front_door(server, "dsql", [DSQL_HOST]) as dsql,
    ):
        server.execute("CREATE ROLE app LOGIN IN ROLE rds_iam")
        os.environ.update(rds.environment())
        entries = databases(rds, dsql)
        handler = ConnectionHandler({"default": entries[YARDSTICK]} | entries)
        yield {name: handler[name] for name in entries}


def main() -> None:
    settings.configure(USE_TZ=True)
    django.setup()
    with variants() as wrappers:
        medians = measure(wrappers)
    show(
        f"CPU of a new connection, median of {ROUNDS} ({PEER_ROUNDS} for the peers)",
        ["", "ms", "of a static password"],
        [[name, f"{ms:.2f}", f"{ms / medians[YARDSTICK]:.2f}"] for name, ms in medians.items()],
    )
    save("connect_cpu_ms", {name: round(ms, 3) for name, ms in medians.items()})


if __name__ == "__main__":
    main()
