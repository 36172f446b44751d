"""What an examination leaves behind."""

import logging

from django.db import connections

from dbauth.doctor import examine
from tests.dbauth.conftest import wrapper


def test_a_consumer_that_stops_early_finds_everything_as_it_was(rds):
    connection = wrapper(rds)
    before = connections["default"]
    steps = examine(connection)
    assert next(steps).ok
    assert next(steps).ok
    assert logging.root.manager.disable == 0
    assert connections["default"] is before
    steps.close()
    assert connection.connection is None
