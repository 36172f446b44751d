"""Both positions of CARS_PREPARED, and requests to views that no URL leads to."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIRequestFactory, force_authenticate

from tests.cars.prepared.calls import Call


@pytest.fixture(params=[True, False], ids=["prepared", "plain"])
def prepared(request: pytest.FixtureRequest, settings: Any) -> bool:
    """What CARS_PREPARED is; a test that asks for it runs in both positions."""
    settings.CARS_PREPARED = request.param
    return bool(request.param)


@pytest.fixture
def call(db: None, prepared: bool) -> Call:
    """Asks a view, in both positions: `call(view, "GET", "/?make=Saab", pk=...)`; its answer."""

    def _call(
        view: Any, method: str, path: str = "/", data: Any = None, user: Any = None, **kwargs: Any
    ) -> Any:
        request = APIRequestFactory().generic(
            method, path, "" if data is None else data, content_type="application/json"
        )
        if user:
            force_authenticate(request, user)
        as_view = view.as_view() if hasattr(view, "as_view") else view
        answer = as_view(request, **kwargs)
        return answer.render()

    return _call
