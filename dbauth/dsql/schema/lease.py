"""One `migrate` at a time: who works holds a lease, and renews it for as long as that takes.

DSQL has no advisory locks, and a transaction ends after five minutes and takes no DDL beside
anything else. So the lease is a row with an end, which is judged by the server's clock alone. A
thread renews it over a connection of its own, because a statement of the migration may take longer
than the lease. The lease of a process that has died ends by itself.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import threading
import weakref
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import Error

from dbauth.dsql.schema import tables
from dbauth.dsql.schema.errors import MigrationBusyError
from dbauth.liveness import Stopwatch

T = TypeVar("T")

logger = logging.getLogger("dbauth")

SECONDS = 20
RENEWAL_SECONDS = 5
# A process that has slept, in a machine that was suspended or by SIGSTOP, asks before it goes on.
CERTAIN_SECONDS = 15
# After a failure, such as a lost connection, until the next attempt to renew.
RETRY_SECONDS = 1
# Meanwhile the migration stands still, and does no harm.
PATIENCE_SECONDS = 60

TABLE = tables.LEASE
ENDS = "now() + %s * interval '1 second'"
ACQUIRE = f"""
    INSERT INTO "{TABLE}" VALUES (1, %s, now(), {ENDS})
    ON CONFLICT ("id") DO UPDATE
    SET "holder" = EXCLUDED."holder", "since" = EXCLUDED."since", "ends" = EXCLUDED."ends"
    WHERE "{TABLE}"."ends" <= now()
"""
RENEW = f'UPDATE "{TABLE}" SET "ends" = {ENDS} WHERE "id" = 1 AND "holder" = %s'
RELEASE = f'DELETE FROM "{TABLE}" WHERE "id" = 1 AND "holder" = %s'
HOLDER = f"""
    SELECT "holder", extract(epoch FROM "since"), extract(epoch FROM "ends" - now()) FROM "{TABLE}"
"""


class Lease:
    """The right to migrate one database.

    It ends with `release()`, and when `work` (what it was acquired for) is forgotten: `migrate`
    tells nobody when it ends with an error.
    """

    def __init__(self, work: object) -> None:
        self.holder = f"{socket.gethostname()}, process {os.getpid()} ({secrets.token_hex(4)})"
        self._work = weakref.ref(work)
        self._changed = threading.Condition()
        self._renewed = Stopwatch()
        self._released = False
        self._lost: str | None = None

    def is_for(self, work: object) -> bool:
        return self._work() is work

    def acquire(self, connection: Any) -> None:
        """Raises MigrationBusyError where somebody else has it."""
        tables.ensure(connection)
        with connection.cursor() as cursor:
            while True:
                self._renewed.restart()
                cursor.execute(ACQUIRE, [self.holder, SECONDS])
                if cursor.rowcount:
                    break
                cursor.execute(HOLDER)
                if row := cursor.fetchone():  # and else it was released just now
                    raise MigrationBusyError(_busy(*row))
        connection.execute_wrappers.append(self._guard)
        own = connection.copy()
        own.inc_thread_sharing()
        threading.Thread(
            target=self._keep, args=[own], daemon=True, name="dbauth.migrations"
        ).start()

    def release(self, connection: Any) -> None:
        """Let others migrate; a connection that is lost by now leaves that to the lease's end."""
        with self._changed:
            self._released = True
            self._changed.notify_all()
        with contextlib.suppress(ValueError):
            connection.execute_wrappers.remove(self._guard)
        with contextlib.suppress(Error), connection.cursor() as cursor:
            cursor.execute(RELEASE, [self.holder])

    def check(self) -> None:
        """Raise MigrationBusyError unless nobody else can have the lease by now.

        As long as it was renewed a moment ago, that asks nobody.
        """
        if self._is_certain():
            return
        with self._changed:
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._lost or self._is_certain(), PATIENCE_SECONDS)
        if not self._is_certain():
            raise MigrationBusyError(
                self._lost
                or f"The lease on migrations could not be renewed for {self._renewed.seconds():.0f}"
                " s, so another process may have it by now. Run `migrate` again."
            )

    def _is_certain(self) -> bool:
        return self._lost is None and self._renewed.seconds() < CERTAIN_SECONDS

    def _guard(self, execute: Callable[..., T], *args: Any) -> T:
        """An execute wrapper of Django's: no statement of the work is sent without the lease."""
        if not self._released and self._work() is not None:
            self.check()
        return execute(*args)

    def _keep(self, connection: Any) -> None:
        """Renew it, in a thread, until it is released, lost, or of no use to anybody."""
        pause: float = RENEWAL_SECONDS
        while self._is_wanted_after(pause):
            try:
                self._renew(connection)
                pause = RENEWAL_SECONDS
            except Exception as error:  # noqa: BLE001 - whatever it is, check() tells the migration
                logger.warning("The lease on migrations was not renewed: %s", type(error).__name__)
                connection.close()
                pause = RETRY_SECONDS
        connection.close()

    def _is_wanted_after(self, seconds: float) -> bool:
        with self._changed:
            if not self._released:
                self._changed.wait(seconds)  # or until check() cannot wait
            return not self._released and self._lost is None and self._work() is not None

    def _renew(self, connection: Any) -> None:
        asked = Stopwatch()
        with connection.cursor() as cursor:
            cursor.execute(RENEW, [SECONDS, self.holder])
            lost = None
            if not cursor.rowcount:
                cursor.execute(HOLDER)
                row = cursor.fetchone()
                lost = _busy(*row) if row else "Somebody has taken the lease on migrations away."
        with self._changed:
            self._renewed, self._lost = asked, lost
            self._changed.notify_all()


def _busy(holder: str, since: float, seconds_left: float) -> str:
    """`since` is in seconds of the Unix clock."""
    begun = datetime.fromtimestamp(float(since), UTC)
    return (
        f"Another `migrate` is at work on this database: {holder}, since"
        f" {begun:%Y-%m-%d %H:%M:%S} UTC. Run this one again when that is done. If that process has"
        f" died, its lease ends in {max(float(seconds_left), 0):.0f} s."
    )
