"""Steps `write`, `clock` and `round-trip`: the connection at work."""

import statistics
import time
import uuid

from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder

from dbauth.doctor.case import Case
from dbauth.doctor.finding import StepError
from dbauth.iam.signing import TOKEN_LIFETIME
from dbauth.iam.tokens import REUSE_SECONDS

# A token in its last minute of reuse is still good by a clock that differs by so much.
GREATEST_SKEW = TOKEN_LIFETIME - REUSE_SECONDS
ROUND_TRIPS = 5


def write(case: Case) -> str:
    """A row is written, read back and rolled back.

    Into django_migrations, which every project has: DSQL knows no temporary tables, and takes no
    CREATE TABLE in a transaction that writes.
    """
    recorder = MigrationRecorder(case.connection)
    if not recorder.has_table():
        return "not tried: there is no table django_migrations"
    alias, mark = case.connection.alias, f"dbdoctor {uuid.uuid4()}"
    rows = recorder.migration_qs.filter(name=mark)
    with transaction.atomic(using=alias):
        rows.create(app="dbdoctor", name=mark)
        read = rows.count()
        transaction.set_rollback(True, using=alias)
    left = rows.count()
    if (read, left) != (1, 0):
        raise StepError(
            f"A row was written once and read {read} times; after ROLLBACK {left} are left.",
            "Look for a proxy on the way that mixes transactions up, and remove the rows of "
            "django_migrations whose app is dbdoctor.",
        )
    return "a row written, read and rolled back"


def clock(case: Case) -> str:
    """Server and process agree on the time as far as tokens need it."""
    with case.connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        server = float(cursor.fetchone()[0])
        skew = (before + time.time()) / 2 - server
    if abs(skew) > GREATEST_SKEW and case.uses_iam:
        raise StepError(
            f"This machine's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the "
            "server's: tokens will be refused now and then, or always.",
            "Let NTP set the clock; `date -u` shows it.",
        )
    return f"{abs(skew):.1f} s {'ahead of' if skew > 0 else 'behind'} the server's"


def round_trip(case: Case) -> str:
    """How long the server takes to answer."""
    times = []
    with case.connection.cursor() as cursor:
        for _ in range(ROUND_TRIPS):
            started = time.perf_counter()
            cursor.execute("SELECT 1")
            times.append((time.perf_counter() - started) * 1000)
    return f"{statistics.median(times):.2f} ms, the median of {ROUND_TRIPS}"
