"""Chaos on DSQL; and that it would be noticed if the database or the retry were wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.dbauth.dsql.chaos import TOTAL_EVENTS, Stage, whatever_happens
from tests.rig.ports import free_port

HOOK_IS_MISSING = "an answer is 302"


@pytest.fixture(autouse=True)
def _no_faults_left(stage: Stage) -> Iterator[None]:
    yield
    stage.gate.control.reset()


def test_whatever_happens_acknowledged_cars_are_stored_and_stored_once(stage):
    assert whatever_happens(stage) >= TOTAL_EVENTS


def test_chaos_notices_a_database_that_acknowledges_before_it_writes(stage):
    # By itself a delay loses nothing. With the default of 0.2 s, a crash on a slow machine may come
    # when everything is written.
    stage.server.settings.update(synchronous_commit="off", wal_writer_delay="10s")
    stage.server.restart()
    try:
        # Which of them it forgets first is chance. Without its session a POST is 403.
        assert broken_invariant(stage) in {
            *("an acknowledged car is missing", "a session is missing", "an answer is 403"),
        }
    finally:
        stage.server.settings.clear()
        stage.server.restart()


@pytest.mark.parametrize(
    ("sabotage", "invariants"),
    [
        ("no_conflict_is_retried", {"503 without a lost reply"}),
        # The same car once more: its VIN is taken, or where it has none, its id.
        ("a_lost_reply_to_a_statement_is_retried", {"an answer is 400", "an answer is 500"}),
        ("a_lost_reply_to_commit_is_retried", {"a car is stored twice"}),
        # It forgets hooks as well, and then that of a car does not fail.
        ("only_the_last_statement_is_retried", {"an acknowledged car is missing", HOOK_IS_MISSING}),
        ("a_conflict_after_commit_is_retried", {"a car is stored twice"}),
    ],
)
def test_chaos_notices_a_retry_that_is_wrong(stage, sabotage, invariants):
    wrong = {"DJANGO_SETTINGS_MODULE": "tests.dbauth.dsql.sabotage", "SABOTAGE": sabotage}
    service = replace(
        stage.service,
        environment={**stage.service.environment, **wrong},
        port=free_port(),
        process=None,
    )
    service.start()
    try:
        assert broken_invariant(stage._replace(service=service)) in invariants
    finally:
        service.stop()


class NoticedError(BaseException):
    """Ends everything at once, where Hypothesis would try once more what failed."""


def broken_invariant(stage: Stage) -> str | None:
    """The first invariant that chaos finds broken."""

    def notice(invariant: str) -> None:
        raise NoticedError(invariant)

    try:
        whatever_happens(stage, notice)
    except NoticedError as noticed:
        return str(noticed)
    return None
