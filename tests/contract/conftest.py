from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.service import Client, Service


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """A client of a service without cars."""
    service.rows("DELETE FROM cars_car")
    with service.client() as session:
        yield session
