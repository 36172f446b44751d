"""Aurora DSQL's front end."""

from __future__ import annotations

import shlex
from datetime import timedelta

from tests.rig.front_door import sigv4, wire
from tests.rig.front_door.admission import Client, IamDoor, RefusedError, fatal
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.upstream import quoted

LIFETIME = timedelta(days=7)


class DsqlDoor(IamDoor):
    """Tokens only, and the cluster is found by the TLS server name."""

    denied_code = "28000"
    denied_text = "unable to accept connection, access denied"
    stale_hint = "Signature expired"

    async def admit(self, client: Client) -> Stream:
        self._cluster(client)
        if not self.state.bucket.take():
            raise RefusedError("rate exceeded", self.orders(client.user)["rate-exceeded"])
        return await super().admit(client)

    def orders(self, user: str) -> dict[str, wire.Message]:
        return {
            "access-denied": self.denied(user),
            "signature-expired": self.denied(user, stale=True),
            # https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html
            "rate-exceeded": fatal("53400", "Unable to accept connection, rate exceeded."),
            "too-many-open-connections": fatal(
                "53300", "Unable to accept connection, too many open connections."
            ),
            "waking-up": fatal(
                "57P03", "unable to accept connection, waking up cluster, please retry later"
            ),
        }

    def _cluster(self, client: Client) -> str:
        """The host that tokens are signed for."""
        name, hosts = client.server_name, self.state.settings.hosts
        if not name:
            raise RefusedError(
                "no SNI", fatal("08004", "unable to accept connection, sni was not received")
            )
        if name in hosts and not name.endswith(".vpce.amazonaws.com"):
            return name
        cluster = _options(client.startup).get("amzn-cluster-id")
        for host in hosts:
            if name in hosts and cluster and host.startswith(f"{cluster}.dsql."):
                return host
        raise RefusedError("SNI", fatal("08004", "unable to accept connection, invalid sni"))

    def expected(self, client: Client) -> sigv4.Expected:
        action = "DbConnectAdmin" if client.user == "admin" else "DbConnect"
        return sigv4.Expected(
            service="dsql",
            region=self.state.settings.region,
            authorities=[self._cluster(client)],
            parameters={"Action": action},
            longest=LIFETIME,
        )

    async def authorize(self, client: Client) -> None:
        sql = f"SELECT FROM pg_roles WHERE rolcanlogin AND rolname = {quoted(client.user)}"
        if not await self.upstream.ask(sql):
            raise RefusedError("role", self.denied(client.user))

    def server_startup(self, client: Client) -> wire.Startup:
        """Without the option that only DSQL's own front end understands."""
        parameters = client.startup.parameters
        kept = {k: v for k, v in _options(client.startup).items() if k != "amzn-cluster-id"}
        parameters["options"] = " ".join(
            "-c " + f"{name}={value}".replace("\\", "\\\\").replace(" ", "\\ ")
            for name, value in kept.items()
        )
        return wire.Startup.of(parameters, client.startup.code)


def _options(startup: wire.Startup) -> dict[str, str]:
    """The settings in the start-up packet's `options`: `-c name=value` and `--name=value`."""
    settings: dict[str, str] = {}
    words = shlex.split(startup.parameters.get("options", ""))
    for word in words:
        name, separator, value = word.removeprefix("--").removeprefix("-c").partition("=")
        if separator:
            settings[name] = value
    return settings
