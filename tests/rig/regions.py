"""The service in both regions of one Aurora DSQL cluster, and clients that call either."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from tests.rig.dsql_gate import DsqlGate
from tests.rig.service import Client, Service


@dataclass(kw_only=True)
class TwoRegions(Service):
    """One service on one database, served by a process in each region.

    `gates` are the regional endpoints, in the order of `regions`. Commands run in the first region.
    """

    regions: tuple[Service, Service]
    gates: tuple[DsqlGate, DsqlGate]

    def client(self) -> Client:
        return AnywhereClient([region.client() for region in self.regions])

    def start(self) -> None:
        for region in self.regions:
            region.start()

    def stop(self) -> None:
        for region in self.regions:
            region.stop()

    @contextlib.contextmanager
    def lost(self, number: int, *, silently: bool = True) -> Iterator[None]:
        """Lose one region's endpoint for as long as the block lasts."""
        self.gates[number].control.lose(silently=silently)
        try:
            yield
        finally:
            self.gates[number].control.come_back()


class AnywhereClient(Client):
    """Sends each request to a region that it chooses at random, as a fickle name server would.

    Cookies are for both: browsers and requests keep them by host, whatever the port.
    """

    def __init__(self, clients: Sequence[Client]) -> None:
        first = clients[0]
        super().__init__(first.origin, first.prefix, verify=first.verify)
        self._origins = [client.origin for client in clients]
        self._chance = random.Random(4711)

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        for origin in self._origins:
            url = url.removeprefix(origin)
        before, self.origin = self.origin, self._chance.choice(self._origins)
        # Behind a custom domain both have one name; here it has to be the one that is asked.
        headers = {
            name: value.replace(before, self.origin) if isinstance(value, str) else value
            for name, value in {**self.headers, **(kwargs.pop("headers", None) or {})}.items()
        }
        return super().request(method, url, *args, headers=headers, **kwargs)
