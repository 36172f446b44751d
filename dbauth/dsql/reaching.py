"""Connecting to the fallback where HOST does not answer."""

import logging
import time
from typing import Any

from psycopg2 import OperationalError
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from dbauth import base
from dbauth.deadline import limit_end, time_limit
from dbauth.dsql.fallback import passed_over
from dbauth.dsql.login import DSQLLogin
from dbauth.errors import OwnFaultError

logger = logging.getLogger("dbauth")

# Who had less time than this and ran out of it knows nothing about the host.
FAIR_SECONDS = 2


class FallbackMixin(base.DatabaseWrapper):
    """For a wrapper whose login may have a `fallback`; without one nothing is different."""

    login: DSQLLogin
    _is_elsewhere = False

    def reach(self, conn_params: dict[str, Any]) -> Connection:
        """A connection to HOST, else to the fallback.

        Each of the two has `connect_timeout`, and the first one no more than half of what the time
        limit leaves. Raises what the last one raised.
        """
        login = self.login
        if login.fallback is None:
            return super().reach(conn_params)
        hosts = [login, login.fallback]
        if passed_over.has(login.host, login.fallback_seconds):
            hosts.reverse()
        try:
            share = self._share(of=2)
            with time_limit(share):
                return self._sign_in_to(hosts[0], share)
        except OwnFaultError:
            raise  # the other host would not take it either
        except OperationalError as error:
            logger.warning(
                "%s did not let us in (%s), so %s is tried: %s",
                hosts[0].host,
                self.alias,
                hosts[1].host,
                " ".join(str(error).split()),
            )
        return self._sign_in_to(hosts[1], self._share(of=1))

    def connect(self) -> None:
        super().connect()
        if self._is_elsewhere:
            # Between two requests; then HOST is tried again.
            again = time.monotonic() + self.login.fallback_seconds
            self.close_at = again if self.close_at is None else min(self.close_at, again)

    def _sign_in_to(self, login: DSQLLogin, share: float) -> Connection:
        try:
            connection = self.sign_in(login, self.params_for(login))
        except OwnFaultError:
            raise  # the host has answered, or was never asked
        except OperationalError:
            had_time = share >= min(FAIR_SECONDS, self.login.connect_timeout)
            if login is self.login and (had_time or time.monotonic() < limit_end()):
                passed_over.add(login.host, login.fallback_seconds)
            raise
        self._is_elsewhere = login is not self.login
        if not self._is_elsewhere:
            passed_over.discard(login.host)
        return connection

    def _share(self, of: int) -> float:
        """Seconds that one of so many tries has."""
        return min(self.login.connect_timeout, (limit_end() - time.monotonic()) / of)
