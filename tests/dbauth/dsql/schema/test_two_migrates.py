"""Chaos among migrations: two at once, both killed, on a database that fails commits."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import Error

from dbauth.dsql.schema.errors import MigrationBusyError
from tests.dbauth.dsql.chaos import TOTAL_EVENTS
from tests.dbauth.dsql.conftest import Cluster, forget
from tests.dbauth.dsql.kills import again, killed_after, migrate, outcome

FAULTS = ("OC000", "OC001", "lost-reply", "lost-commit")
WAVES = 4
EVENTS = 125  # of those that `make chaos` asks for, so many come with one history of a migration
MOST_WRITES = 16  # the small migration takes fewer


class Migrate(threading.Thread):
    """A `migrate` that is killed after so many writes; `error` is what it ended with before."""

    def __init__(self, cluster: Cluster, writes: int) -> None:
        super().__init__()
        self._cluster = cluster
        self._writes = writes
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with killed_after(self._cluster, self._writes):
                migrate("garage")
        except Exception as error:  # noqa: BLE001 - judged by who has started it
            self.error = error
        finally:
            forget()


@pytest.mark.parametrize("seed", range(TOTAL_EVENTS // EVENTS))
def test_whatever_happens_to_two_migrates_at_once_the_migration_is_carried_out_once(plot, seed):
    migrate("garage")
    undisturbed = outcome(plot)
    again(plot)
    chance = random.Random(seed)
    for _ in range(WAVES):
        plot.control.fail_commits(1, chance.choice(FAULTS))
        migrates = [Migrate(plot, chance.randrange(1, MOST_WRITES)) for _ in range(2)]
        for each in migrates:
            each.start()
        for each in migrates:
            each.join()
            assert isinstance(each.error, MigrationBusyError | Error | None)
        plot.control.reset()
        plot.rows("DELETE FROM dbauth_migration_lease")
    forget()
    migrate("garage")
    assert outcome(plot) == undisturbed
