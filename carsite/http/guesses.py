"""Slow down whoever guesses passwords, by account and by address, for HTTP Basic and the pages.

An attempt is stored before its password is checked, and deleted if it was right. So no more than
the allowed number is ever checked, however many arrive together and on however many machines.
Names and addresses are stored and logged as hashes only.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network
from math import ceil
from typing import Any, NamedTuple

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import Throttled

from carsite.models import Guess
from dbauth import bulk

logger = logging.getLogger(__name__)

# Whoever has an IPv6 address has all of its network.
IPV6_NETWORK_BITS = 64
SHOWN_DIGITS = 16


class TooManyGuessesError(Throttled):
    """429 with Retry-After: REST framework's, and for pages ExceptionMiddleware's."""

    default_detail = "Too many failed logins."


class Limit(NamedTuple):
    """At most `allowed` failures of one `key` within settings.LOGIN_FAILURES_SECONDS."""

    kind: str
    key: str
    allowed: int


class GuardedBackend(ModelBackend):
    """Django's, for users with passwords. Raises TooManyGuessesError for one attempt too many."""

    @sensitive_variables("password")
    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        name = kwargs.get(get_user_model().USERNAME_FIELD) if username is None else username
        if name is None or password is None:
            return None
        limits = _limits(name, request)
        _require(limits, allowance=0)  # which writes nothing where there are too many already
        attempt = Guess.objects.bulk_create([Guess(key=limit.key) for limit in limits])
        try:
            _require(limits, allowance=1)
            user = super().authenticate(request, username=name, password=password)
        except TooManyGuessesError:
            _forget(attempt)
            raise
        if user is None:
            logger.warning(*_line("Login failed", limits))
        else:
            _forget(attempt)
        return user

    @sensitive_variables("password")
    async def aauthenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """As above. ModelBackend's would check the password by itself."""
        check = sync_to_async(self.authenticate)
        return await check(request, username=username, password=password, **kwargs)


def clear_expired() -> None:
    """Delete what no longer counts, batch by batch."""
    bulk.delete(Guess.objects.filter(at__lte=_since()))


def _limits(name: str, request: Any) -> list[Limit]:
    """What applies to an attempt; a limit of 0 is none, and so is that of an unknown address."""
    limits = [Limit("account", _hash("account", name), settings.LOGIN_FAILURES_PER_ACCOUNT)]
    if address := request and request.META.get("REMOTE_ADDR"):
        key = _hash("address", _network(address))
        limits.append(Limit("address", key, settings.LOGIN_FAILURES_PER_ADDRESS))
    return [limit for limit in limits if limit.allowed]


def _hash(kind: str, value: str) -> str:
    return salted_hmac(f"carsite.guesses.{kind}", value, algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """The network of an IPv6 address; any other address, or text, as it is."""
    try:
        parsed = IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed.packed, IPV6_NETWORK_BITS), strict=False))


def _since() -> datetime:
    return timezone.now() - timedelta(seconds=settings.LOGIN_FAILURES_SECONDS)


def _require(limits: list[Limit], allowance: int) -> None:
    """Raises TooManyGuessesError where more are stored than the limit less one, and `allowance`."""
    since = _since()
    stored = Guess.objects.filter(key__in=[limit.key for limit in limits], at__gt=since)
    counts = stored.values_list("key").annotate(Count("id"), Min("at"))
    found = {key: (count, oldest) for key, count, oldest in counts}
    for limit in limits:
        count, oldest = found.get(limit.key, (0, since))
        if count >= limit.allowed + allowance:
            logger.warning(*_line(f"Login refused, too many of this {limit.kind}", limits))
            raise TooManyGuessesError(wait=ceil((oldest - since).total_seconds()))


def _forget(attempt: list[Guess]) -> None:
    Guess.objects.filter(pk__in=[guess.pk for guess in attempt]).delete()


def _line(what: str, limits: list[Limit]) -> tuple[str, ...]:
    """A line of the log, where the same hash is the same account or address."""
    hashes = [f"{limit.kind} {limit.key[:SHOWN_DIGITS]}" for limit in limits]
    return "%s: %s", what, ", ".join(hashes)
