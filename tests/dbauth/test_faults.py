"""What a client of a WSGI site sees of faults of the database, the network and the clock.

Between two requests: nothing. In the middle of a write: an error at most, never a part of the
rows, and the next request is served.
"""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.dbauth.conftest import entry, wait_until
from tests.dbauth.site import manage, running_site
from tests.rig.front_door import TEMPORARY

DAY = 86400
ROWS = 4
WRITE_SECONDS = 120  # at most: it goes on once the fault has happened


@pytest.fixture(scope="module")
def database(server):
    return server.create_database("faults")


@pytest.fixture(scope="module")
def migrated(server, _rds_door, database):
    server.execute(f'ALTER DATABASE "{database}" OWNER TO app')
    result = manage(entry(_rds_door, "app", NAME=database), "migrate", **_rds_door.environment())
    assert result.returncode == 0, result.stderr
    return database


@pytest.fixture
def site(rds, migrated):
    """One that keeps its connection open, and tries it out after a fifth of a second's pause."""
    settings = entry(
        rds,
        "app",
        {"connect_timeout": 2, "idle_check_seconds": 0.2},
        NAME=migrated,
        CONN_MAX_AGE=None,
        CONN_HEALTH_CHECKS=True,
    )
    with running_site(settings, **rds.environment()) as site:
        yield site


class Rig:
    """The faults, each as a method that returns when it has happened."""

    def __init__(self, server, door, site, database):
        self.server, self.door, self.site, self.database = server, door, site, database

    def restart(self):
        self.server.restart()
        self._sessions_are_gone()

    def kill(self):
        self.server.restart(signal.SIGKILL)
        self._sessions_are_gone()

    def terminate(self):
        self.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE usename = 'app' AND datname = '{self.database}'"
        )
        self._sessions_are_gone()

    def drop(self):
        assert self.door.control.drop("reset") == 1
        self._sessions_are_gone()

    def close(self):
        assert self.door.control.drop("eof") == 1
        self._sessions_are_gone()

    def hang(self):
        """Nothing arrives for as long as it takes to give the old connection up."""
        self.door.control.hang()
        threading.Timer(3, self.door.control.resume).start()
        time.sleep(0.3)

    def a_day_passes(self):
        self.site.order(clock=DAY)
        self.door.control.set_clock(DAY)

    def restored_from_a_snapshot(self):
        self.a_day_passes()
        self.drop()

    def rotated(self):
        """The old key is dead everywhere at once, and its sessions with it."""
        self.site.order(environment=self.door.environment(TEMPORARY))
        self.door.control.set_credentials(TEMPORARY)
        self.drop()

    def _sessions_are_gone(self):
        wait_until(lambda: self.door.control.statistics().open == 0)


FAULTS = [name for name in vars(Rig) if not name.startswith("_")]
# The write goes on as if nothing had happened.
HARMLESS = {"a_day_passes"}


@pytest.fixture
def rig(server, rds, site, migrated):
    return Rig(server, rds, site, migrated)


@pytest.mark.parametrize("fault", FAULTS)
def test_between_requests_the_client_notices_nothing(rig, site, fault):
    before = site.count()
    getattr(rig, fault)()
    assert site.count() == before
    assert site.post(f"after {fault}", ROWS).status_code == 201
    assert site.count() == before + ROWS


@contextmanager
def writing(rig, name):
    """A POST with a transaction under way; yields what will be its response."""
    in_transaction = (
        "SELECT pid FROM pg_stat_activity WHERE usename = 'app' AND state = 'idle in transaction'"
    )
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(rig.site.post, name, ROWS, WRITE_SECONDS)
        wait_until(lambda: rig.server.execute(in_transaction))
        try:
            yield response
        finally:
            rig.site.order(go_on=True)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "hang"])
def test_in_the_middle_of_a_write_there_is_all_or_nothing(rig, site, fault):
    before = site.count()
    with writing(rig, f"during {fault}") as response:
        getattr(rig, fault)()
    made = ROWS if fault in HARMLESS else 0
    assert response.result().status_code == (201 if made else 500)
    assert site.count() == before + made


def test_a_network_that_hangs_in_the_middle_of_a_write_and_breaks_leaves_nothing(rig, site):
    before = site.count()
    with writing(rig, "during a hang") as response:
        rig.door.control.hang()
        rig.site.order(go_on=True)
        time.sleep(1)
        assert not response.done()
        rig.door.control.drop()
        rig.door.control.resume()
    assert response.result().status_code == 500
    assert site.count() == before


def test_a_request_that_finds_the_database_down_fails_and_the_next_is_served(rig, site):
    before = site.count()
    rig.server.stop()
    try:
        started = time.monotonic()
        assert site.get().status_code == 500
        assert time.monotonic() - started < 2
    finally:
        rig.server.start()
    assert site.count() == before
