"""Changes of more rows than one of DSQL's transactions holds."""

from __future__ import annotations

import pytest
from django.db import OperationalError, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError

from dbauth import bulk
from tests.dbauth.dsql.conftest import ALIAS, Cluster
from tests.dbauth.dsql.models import Counter, Visit

ROWS = 3_100
counters = Counter._default_manager.using(ALIAS)


@pytest.fixture
def table(cluster: Cluster) -> Cluster:
    with cluster.connection.schema_editor() as editor:
        editor.create_model(Counter)
        editor.create_model(Visit)  # which refers to it, so delete() looks there
    return cluster


@pytest.fixture
def full(table: Cluster) -> Cluster:
    table.rows(
        "INSERT INTO garage_counter (id, name, value)"
        f" SELECT n, n::text, 0 FROM generate_series(1, {ROWS}) n"
    )
    return table


def test_djangos_own_calls_end_with_an_error_that_says_what_to_do(full):
    with pytest.raises(OperationalError, match=r"row limit exceeded\n.*dbauth\.bulk"):
        counters.all().update(value=1)


def test_every_row_is_updated_once_despite_conflicts_and_progress_is_told(full):
    full.control.fail_commits(2)
    told: list[bulk.Progress] = []
    assert bulk.update(counters.all(), value=F("value") + 1, progress=told.append) == ROWS
    assert full.rows("SELECT DISTINCT value FROM garage_counter") == [(1,)]
    assert [each.rows for each in told] == [1000, 2000, 3000, ROWS]
    assert [each.last for each in told] == [1000, 2000, 3000, ROWS]


def test_an_update_goes_on_after_the_last_key_that_was_told(full):
    assert bulk.update(counters.all(), value=1, after=3000) == 100
    assert full.rows("SELECT min(id) FROM garage_counter WHERE value = 1") == [(3001,)]


def test_an_update_may_change_what_it_selects_by(full):
    assert bulk.update(counters.filter(value=0), value=1) == ROWS


def test_rows_are_deleted_by_batches(full):
    assert bulk.delete(counters.filter(pk__gt=10), batch_rows=1000) == ROWS - 10
    assert counters.count() == 10


def test_objects_are_created_and_saved_by_batches(table):
    table.control.fail_commits(1)
    objects = (Counter(pk=number, name=str(number)) for number in range(ROWS))
    told: list[bulk.Progress] = []
    assert bulk.create(counters.all(), objects, progress=told.append) == ROWS
    assert told[-1].rows == counters.count() == ROWS
    changed = list(counters.all())
    for each in changed:
        each.value = 5
    assert bulk.save(counters.all(), changed, ["value"]) == ROWS
    assert counters.filter(value=5).count() == ROWS


def test_nothing_is_committed_behind_the_back_of_a_callers_transaction(full):
    with transaction.atomic(ALIAS), pytest.raises(TransactionManagementError):
        bulk.update(counters.all(), value=1)
    assert full.rows("SELECT DISTINCT value FROM garage_counter") == [(0,)]
