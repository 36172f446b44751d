"""Two gates are the regional endpoints of one Aurora DSQL cluster."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest

from tests.rig.dsql_gate import (
    HOST,
    PEER_HOST,
    PEER_REGION,
    ROUND_TRIP,
    DsqlGate,
    running_dsql_regions,
)
from tests.rig.postgresql import PostgreSQL
from tests.rig.tokens import dsql_token

Regions = tuple[DsqlGate, DsqlGate]
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def both(gate_server: PostgreSQL) -> Iterator[Regions]:
    database = gate_server.create_database("regions")
    with running_dsql_regions(gate_server, database=database) as gates:
        yield gates


@pytest.fixture
def regions(both: Regions) -> Iterator[Regions]:
    both[0].execute("CREATE TABLE cars (id int PRIMARY KEY, sold int)")
    yield both
    for gate in both:
        gate.control.come_back()
        gate.control.reset()
    both[0].execute("DROP TABLE cars")


@pytest.fixture
def connect() -> Iterator[Open]:
    """Opens connections in autocommit, as `admin`."""
    with contextlib.ExitStack() as stack:

        def connect(gate: DsqlGate, **changes: Any) -> Any:
            connection = psycopg2.connect(
                host=gate.host,
                hostaddr="127.0.0.1",
                port=gate.port,
                user="admin",
                dbname="postgres",
                sslmode="verify-full",
                sslrootcert=str(gate.ca),
                **{
                    "password": dsql_token(gate.host, region=gate.region),
                    "connect_timeout": 10,
                    **changes,
                },
            )
            stack.callback(connection.close)
            connection.autocommit = True
            return connection

        yield connect


def test_what_one_region_commits_the_other_reads(regions: Regions, connect: Open) -> None:
    here, there = (connect(gate).cursor() for gate in regions)
    for number in range(20):
        here.execute("INSERT INTO cars VALUES (%s, 0)", (number,))
        there.execute("SELECT count(*) FROM cars")
        assert there.fetchone() == (number + 1,)


@pytest.mark.parametrize(
    ("host", "region"),
    [(HOST, "us-east-1"), (PEER_HOST, "us-east-1"), (HOST, PEER_REGION)],
    ids=["other host and region", "other region", "other host"],
)
def test_a_token_is_for_one_host_and_its_region(
    regions: Regions, connect: Open, host: str, region: str
) -> None:
    with pytest.raises(psycopg2.OperationalError, match="access denied"):
        connect(regions[1], password=dsql_token(host, region=region))


def test_a_commit_waits_for_the_other_region_and_a_read_does_not(
    regions: Regions, connect: Open
) -> None:
    for gate in regions:
        gate.control.set_round_trip(0.5)
        cursor = connect(gate).cursor()
        cursor.execute("SELECT 1")
        started = time.monotonic()
        cursor.execute("SELECT 1")
        read = time.monotonic() - started
        cursor.execute("INSERT INTO cars VALUES (%s, 0)", (gate.port,))
        assert time.monotonic() - started - read >= 0.5 > ROUND_TRIP


def test_writes_to_one_row_from_both_regions_conflict(regions: Regions, connect: Open) -> None:
    here, there = (connect(gate).cursor() for gate in regions)
    here.execute("INSERT INTO cars VALUES (1, 0)")
    for cursor in (here, there):
        cursor.execute("BEGIN")
        cursor.execute("SELECT sold FROM cars")
    here.execute("UPDATE cars SET sold = sold + 1")
    here.execute("COMMIT")
    with pytest.raises(psycopg2.errors.SerializationFailure, match="OC000"):
        there.execute("UPDATE cars SET sold = sold + 1")


def test_ddl_in_one_region_is_news_in_the_other(regions: Regions, connect: Open) -> None:
    here, there = (connect(gate).cursor() for gate in regions)
    regions[1].control.set_catalog_conflicts()
    there.execute("SELECT * FROM cars")
    here.execute("ALTER TABLE cars ADD COLUMN make text")
    with pytest.raises(psycopg2.errors.SerializationFailure, match="OC001"):
        there.execute("SELECT * FROM cars")
    there.execute("SELECT * FROM cars")


def test_a_region_that_is_lost_silently_answers_nobody(regions: Regions, connect: Open) -> None:
    here, there = (connect(gate) for gate in regions)
    regions[0].control.lose()

    answered = threading.Event()

    def ask() -> None:
        with contextlib.suppress(psycopg2.Error), here.cursor() as cursor:
            cursor.execute("SELECT 1")
        answered.set()

    asking = threading.Thread(target=ask)
    asking.start()
    with pytest.raises(psycopg2.OperationalError, match="timeout expired"):
        connect(regions[0], connect_timeout=2)  # the least that libpq takes
    with there.cursor() as cursor:
        cursor.execute("INSERT INTO cars VALUES (1, 0)")
    assert not answered.is_set()

    regions[0].control.come_back()
    asking.join(120)
    assert answered.is_set()
    with pytest.raises(psycopg2.Error), here.cursor() as cursor:
        cursor.execute("SELECT 1")
    with connect(regions[0]).cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cars")
        assert cursor.fetchone() == (1,)


def test_a_region_that_is_gone_turns_clients_away_at_once(regions: Regions, connect: Open) -> None:
    here = connect(regions[0]).cursor()
    regions[0].control.lose(silently=False)
    with pytest.raises(psycopg2.OperationalError):
        here.execute("SELECT 1")
    with pytest.raises(psycopg2.OperationalError):
        connect(regions[0])
    connect(regions[1])
    regions[0].control.come_back()
    connect(regions[0])


@pytest.mark.parametrize("silently", [True, False])
def test_nobody_waits_for_the_rows_of_a_lost_region(
    regions: Regions, connect: Open, silently: bool
) -> None:
    here, there = (connect(gate).cursor() for gate in regions)
    there.execute("INSERT INTO cars VALUES (1, 0)")
    here.execute("BEGIN")
    here.execute("UPDATE cars SET sold = 7")
    regions[0].control.lose(silently=silently)
    deadline = time.monotonic() + 30
    while True:
        try:
            there.execute("UPDATE cars SET sold = sold + 1")
        except psycopg2.errors.SerializationFailure:
            assert time.monotonic() < deadline
        else:
            break
    there.execute("SELECT sold FROM cars")
    assert there.fetchone() == (1,)
