"""Housekeeping by EventBridge rules, as Zappa hands it over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from carsite.models import Guess
from carsite.serverless.schedules import clear_sessions


@pytest.mark.django_db
def test_expired_sessions_are_deleted_and_others_stay() -> None:
    now = timezone.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, expire_date=now + timedelta(days=days))
    clear_sessions({}, None)
    assert list(Session.objects.values_list("pk", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_failed_logins_that_no_longer_count_are_deleted_and_others_stay() -> None:
    now = timezone.now()
    for key, days in (("old", 1), ("new", 0)):
        Guess.objects.create(key=key, at=now - timedelta(days=days))
    clear_sessions({}, None)
    assert list(Guess.objects.values_list("key", flat=True)) == ["new"]
