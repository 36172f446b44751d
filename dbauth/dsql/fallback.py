"""OPTIONS["fallback_host"]: the other endpoint of a multi-Region cluster, for when HOST is away.

Both endpoints are the same strongly consistent database, so the choice is one of latency alone.
https://docs.aws.amazon.com/aurora-dsql/latest/userguide/configuring-multi-region-clusters.html
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from dbauth.errors import MisconfiguredError
from dbauth.iam.endpoints import parse

OPTION = "fallback_host"
OPTIONS = frozenset({OPTION, "fallback_port", "fallback_hostaddr", "fallback_seconds"})
# What belongs to HOST alone.
OF_THE_FIRST = OPTIONS | {"hostaddr", "region", "cluster"}
# How long new connections stay with the fallback before HOST is tried again.
FALLBACK_SECONDS = 60


def first(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of DATABASES without its fallback."""
    options = {k: v for k, v in (settings.get("OPTIONS") or {}).items() if k not in OPTIONS}
    return {**settings, "OPTIONS": options}


def second(settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """The entry of DATABASES for the fallback; None without one. Raises MisconfiguredError."""
    given = settings.get("OPTIONS") or {}
    host = given.get(OPTION)
    if not host:
        _require_none(given)
        return None
    endpoint = parse(str(host).removesuffix("."))
    if endpoint.kind != "dsql" or endpoint.host == str(settings.get("HOST")).removesuffix("."):
        raise MisconfiguredError(
            "E016",
            f'OPTIONS["{OPTION}"] is {host!r}, with HOST {settings.get("HOST")!r}.',
            "Set it to the endpoint in the other region of the same multi-Region cluster, "
            "ID.dsql.REGION.on.aws, or remove it.",
        )
    options = {name: value for name, value in given.items() if name not in OF_THE_FIRST}
    # It is in another region than AWS_REGION on purpose.
    options["region"] = endpoint.region
    if "fallback_hostaddr" in given:
        options["hostaddr"] = given["fallback_hostaddr"]
    port = given.get("fallback_port") or settings.get("PORT")
    return {**settings, "HOST": host, "PORT": port, "OPTIONS": options}


def _require_none(given: Mapping[str, Any]) -> None:
    if idle := sorted(OPTIONS.intersection(given) - {OPTION}):
        raise MisconfiguredError(
            "E016",
            f'OPTIONS["{idle[0]}"] is set, and OPTIONS["{OPTION}"] is not.',
            "Name the host that it is for, or remove it.",
        )


class PassedOver:
    """Hosts that did not answer a moment ago; all threads of the process know of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def add(self, host: str, seconds: float) -> None:
        self._until[host] = self._clock() + seconds

    def discard(self, host: str) -> None:
        self._until.pop(host, None)

    def has(self, host: str, seconds: float) -> bool:
        """Whether to try the other one first.

        After `seconds` the first who asks is told to try the host again, and all others stay with
        the fallback until that has succeeded: so one of them waits for a host that is still away.
        """
        until = self._until.get(host)
        if until is None:
            return False
        if self._clock() >= until:
            self.add(host, seconds)
            return False
        return True


passed_over = PassedOver()
