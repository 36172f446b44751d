"""One row, written from both regions of a cluster at once."""

import threading

import pytest
from django.db import connections

from dbauth.retry import retried
from tests.dbauth.conftest import entry
from tests.dbauth.dsql.models import Counter
from tests.rig.dsql_gate import add_role, running_dsql_regions

ALIASES = ("here", "there")
WRITERS = 20
WRITES = 3
ROLE = "counter"


@pytest.fixture
def regions(server, aws):
    """Both regional endpoints, as databases of this process."""
    database = server.create_database("hot_row")
    with running_dsql_regions(server, database=database, round_trip=0.005) as gates:
        add_role(gates[0], ROLE, ROLE)
        aws(gates[0].environment())
        for alias, gate in zip(ALIASES, gates, strict=True):
            options = {"schema": ROLE, "retry_seconds": 240, "region": gate.region}
            settings = {alias: entry(gate, ROLE, options), "default": {}}
            connections.settings[alias] = connections.configure_settings(settings)[alias]
        yield gates
        forget()
        for alias in ALIASES:
            del connections.settings[alias]


def forget() -> None:
    """Close this thread's connections to both."""
    for alias in ALIASES:
        connections[alias].close()
        del connections[alias]


def counters(alias: str):
    return Counter._default_manager.using(alias)


def test_every_acknowledged_write_from_either_region_is_counted_once(regions):
    with connections["here"].schema_editor() as editor:
        editor.create_model(Counter)
    counters("here").create(name="hot")
    acknowledged: list[str] = []
    errors: list[Exception] = []

    def write(alias: str) -> None:
        @retried(using=alias)
        def increase() -> None:
            counter = counters(alias).get(name="hot")
            counter.value += 1
            counter.save()

        try:
            for _ in range(WRITES):
                increase()
                acknowledged.append(alias)
        except Exception as error:  # noqa: BLE001 - any is a failure
            errors.append(error)
        finally:
            forget()

    writers = [
        threading.Thread(target=write, args=(ALIASES[number % 2],)) for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert errors == []
    assert len(acknowledged) == WRITERS * WRITES
    for alias in ALIASES:
        assert counters(alias).get().value == len(acknowledged)
