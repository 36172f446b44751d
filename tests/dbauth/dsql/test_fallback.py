"""OPTIONS["fallback_host"]: the other region's endpoint, where HOST does not answer."""

import logging

import pytest
from django.db import OperationalError

from dbauth.deadline import time_limit
from dbauth.dsql import reaching
from dbauth.dsql.fallback import PassedOver, passed_over
from tests.dbauth.conftest import DSQL_HOST, ask, entry, handler, wait_until, wrapper
from tests.dbauth.doctor.conftest import doctor
from tests.rig.certificates import issue
from tests.rig.dsql_gate import PEER_HOST, add_role, running_dsql_regions
from tests.rig.ports import free_port

ROLE = "traveller"


@pytest.fixture(scope="module")
def gates(server):
    database = server.create_database("fallback")
    with running_dsql_regions(server, database=database, round_trip=0) as both:
        add_role(both[0], ROLE, ROLE)
        both[0].control.reset()
        yield both


@pytest.fixture
def regions(gates, aws):
    """The gates in us-east-1, where this process is, and in us-east-2."""
    aws(gates[0].environment())
    yield gates
    for gate in gates:
        gate.control.come_back()
        gate.control.reset()
        passed_over.discard(gate.host)


def options(regions, **more):
    return {
        "schema": ROLE,
        "connect_timeout": 2,  # the least that libpq takes
        "fallback_host": PEER_HOST,
        "fallback_port": regions[1].port,
        "fallback_hostaddr": "127.0.0.1",
        **more,
    }


def connection(regions, **more):
    return wrapper(regions[0], ROLE, options(regions, **more))


def connects(regions):
    return [gate.control.statistics().connects for gate in regions]


def test_the_fallback_is_left_alone_while_host_answers(regions):
    assert ask(connection(regions), "SELECT 1") == 1
    assert connects(regions) == [1, 0]


@pytest.mark.parametrize("silently", [True, False])
def test_a_lost_host_is_waited_for_once_and_passed_over_from_then_on(regions, caplog, silently):
    databases = handler(regions[0], ROLE, options(regions))
    regions[0].control.lose(silently=silently)
    with caplog.at_level(logging.INFO, logger="dbauth"):
        assert ask(databases["default"], "SELECT 1") == 1
        databases["default"].close()
        assert ask(databases["default"], "SELECT 1") == 1
    warnings = [each.message for each in caplog.records if each.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert f"so {PEER_HOST} is tried" in warnings[0]
    assert f"Connected to {PEER_HOST}" in caplog.text
    assert connects(regions) == [0, 2]


def test_host_is_tried_again_between_two_requests(regions):
    there = connection(regions, fallback_seconds=0.1)
    regions[0].control.lose(silently=False)
    assert ask(there, "SELECT 1") == 1
    regions[0].control.come_back()

    def is_back():
        there.close_if_unusable_or_obsolete()
        ask(there, "SELECT 1")
        return connects(regions)[0] > 0

    wait_until(is_back)


def test_a_time_limit_holds_over_both(regions):
    for gate in regions:
        gate.control.lose()
    away = connection(regions, connect_timeout=600)
    with pytest.raises(OperationalError), time_limit(4):
        away.ensure_connection()


def test_half_of_a_time_limit_is_left_for_the_fallback(regions):
    regions[0].control.lose()
    away = connection(regions, connect_timeout=600)
    with time_limit(10):
        assert ask(away, "SELECT 1") == 1
    assert connects(regions) == [0, 1]


def test_a_host_that_had_no_time_to_answer_is_not_passed_over(regions):
    with pytest.raises(OperationalError), time_limit(0):
        connection(regions).ensure_connection()
    assert ask(connection(regions), "SELECT 1") == 1
    assert connects(regions) == [1, 0]


def test_a_host_that_turned_us_away_is_passed_over_however_little_time_there_was(
    regions, monkeypatch
):
    monkeypatch.setattr(reaching, "FAIR_SECONDS", 60)
    regions[0].control.lose(silently=False)
    with time_limit(60):
        assert ask(connection(regions, connect_timeout=60), "SELECT 1") == 1
    regions[0].control.come_back()
    assert ask(connection(regions), "SELECT 1") == 1
    assert connects(regions) == [0, 2]


def test_who_fails_at_both_hears_of_both(regions, caplog):
    for gate in regions:
        gate.control.lose(silently=False)
    with pytest.raises(OperationalError, match=str(regions[1].port)):
        ask(connection(regions), "SELECT 1")
    assert DSQL_HOST in caplog.text


def test_a_refused_token_is_no_reason_to_go_elsewhere(regions):
    regions[0].control.refuse(2)
    with pytest.raises(OperationalError, match="dsql:DbConnect on"):
        ask(connection(regions), "SELECT 1")
    assert regions[1].control.statistics().reasons == []
    assert ask(connection(regions), "SELECT 1") == 1
    assert connects(regions) == [1, 0]


def test_nor_is_a_certificate_that_nobody_vouches_for(regions, tmp_path):
    roots = str(issue(tmp_path, "a.b").ca)
    with pytest.raises(OperationalError, match="does not chain to a root"):
        ask(connection(regions, sslrootcert=roots), "SELECT 1")
    assert regions[1].control.statistics().reasons == []
    assert ask(connection(regions), "SELECT 1") == 1
    assert connects(regions) == [1, 0]


def test_after_a_while_one_connection_tries_host_for_all():
    now = 0.0
    hosts = PassedOver(lambda: now)
    hosts.add("a", 60)
    assert hosts.has("a", 60)
    now = 60.0
    assert [hosts.has("a", 60) for _ in range(3)] == [False, True, True]
    hosts.discard("a")
    assert not hosts.has("a", 60)


def test_the_doctor_looks_at_each(regions):
    regions[0].control.lose(silently=False)
    # Nobody listens there: no test may ask AWS.
    sts = {"AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{free_port()}"}
    settings = entry(regions[0], ROLE, options(regions))
    status, report = doctor(settings, **regions[0].environment(), **sts)
    assert (status, report["ok"]) == (1, False)
    assert report["steps"][-1]["step"] == "tls"
    there = {step["step"]: step for step in report["fallback"]["steps"]}
    assert report["fallback"]["host"] == PEER_HOST
    assert "us-east-2" in there["region"]["detail"]
    assert there["login"]["ok"]


@pytest.mark.parametrize(
    "given",
    [
        {"fallback_host": "cars.cluster-c9akciq32.us-east-1.rds.amazonaws.com"},
        {"fallback_host": "cars.example.com"},
        {"fallback_host": f"{DSQL_HOST}."},
        {"fallback_hostaddr": "127.0.0.1"},
        {"fallback_seconds": 5},
    ],
)
def test_a_fallback_that_cannot_be_one_is_an_error_of_check(regions, given):
    [message] = wrapper(regions[0], ROLE, {"schema": ROLE, **given}).validation.check()
    assert message.id == "dbauth.E016"
    assert "fallback_" in message.msg
