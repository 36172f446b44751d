"""A small package that is installed anyway; `make third-party` runs the others."""

from __future__ import annotations

import dataclasses

from tests.third_party import kills, table
from tests.third_party.packages import PACKAGES
from tests.third_party.runs import PEERS, Outcome, empty_cluster

TOKENS = dataclasses.replace(PACKAGES["djangorestframework"], requirements=())


def test_a_package_that_is_killed_gets_there(postgresql):
    assert kills.kill(postgresql, TOKENS, "third_party", times=1) == 1


def test_what_stops_an_engine_is_told_with_its_migration(postgresql):
    with empty_cluster(postgresql, "third_party_peer", PEERS[0]) as cluster:
        outcome = cluster.migrate(TOKENS)
    assert outcome is not None
    assert outcome.migration == "auth.0002_alter_permission_name_max_length"
    assert "SET DATA TYPE" in outcome.error


def test_only_primary_keys_and_what_postgresql_has_alone_may_stop_a_package():
    stopped = Outcome(1, 1, "NotSupportedError: cannot turn text into jsonb", "app.0002")
    key = dataclasses.replace(stopped, error=f"{stopped.error} in a primary key")
    through = dataclasses.replace(stopped, error="")
    assert table.is_unexpected(TOKENS, stopped)
    assert not table.is_unexpected(TOKENS, key)
    assert not table.is_unexpected(TOKENS, through)
    assert not table.is_unexpected(PACKAGES["wagtail"], stopped)
