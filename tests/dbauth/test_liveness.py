"""Signs of life that cost no round trip."""

import pytest

from dbauth import liveness
from dbauth.liveness import Stopwatch, has_news
from tests.dbauth.conftest import wait_until


class Clocks:
    def __init__(self):
        self.wall, self.steady = 1_700_000_000.0, 50.0

    def time(self):
        return self.wall

    def monotonic(self):
        return self.steady


@pytest.fixture
def clocks(monkeypatch):
    clocks = Clocks()
    monkeypatch.setattr(liveness, "time", clocks)
    return clocks


@pytest.mark.parametrize(
    ("wall", "steady", "pause"),
    [(3, 3, 3), (86400, 0, 86400), (-86400, 1, 86400), (0, 7, 7)],
    ids=["an ordinary pause", "restored from a snapshot", "set back", "set to stand still"],
)
def test_the_clock_that_saw_more_is_believed(clocks, wall, steady, pause):
    stopwatch = Stopwatch()
    clocks.wall += wall
    clocks.steady += steady
    assert stopwatch.seconds() == pause
    stopwatch.restart()
    assert stopwatch.seconds() == 0


def test_an_idle_connection_has_no_news(server):
    connection = server.connect()
    assert not has_news(connection)
    connection.close()


def test_a_connection_that_the_server_ended_has_news(server):
    connection = server.connect()
    server.execute(f"SELECT pg_terminate_backend({connection.info.backend_pid})")
    wait_until(lambda: has_news(connection))
    connection.close()


def test_a_connection_that_was_closed_here_has_news(server):
    connection = server.connect()
    connection.close()
    assert has_news(connection)
