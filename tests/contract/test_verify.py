"""`make verify` is content with every service, and leaves nothing behind."""

from __future__ import annotations

import os

import pytest

from carsite.verify.client import HttpClient
from carsite.verify.report import verify
from tests.rig.service import ADMIN, Service

pytestmark = pytest.mark.contract


def test_a_service_that_works_passes_and_keeps_no_car(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.rows("DELETE FROM cars_car")
    trusted = str(service.certificate.ca) if service.certificate else os.devnull
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    given = {"VERIFY_USER": ADMIN[0], "VERIFY_PASSWORD": ADMIN[1]}
    results = {each.name: each for each in verify(HttpClient(service.url), given)}
    assert [str(each) for each in results.values() if not each.passed] == []
    assert results["a car"].seen == "added once, read, taken away"
    assert results["database"].seen == service.engine
    assert service.rows("SELECT id FROM cars_car") == []
