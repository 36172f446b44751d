"""Who may enter: one class for each kind of door."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import timedelta

from tests.rig.front_door import sigv4, wire
from tests.rig.front_door.state import State
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.upstream import Upstream, quoted

RDS_LIFETIME = timedelta(minutes=15)
DSQL_LIFETIME = timedelta(days=7)


class RefusedError(Exception):
    """The client is turned away with `message`; `reason` is for the statistics."""

    def __init__(self, reason: str, message: wire.Message) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


def fatal(code: str, text: str, hint: str | None = None) -> wire.Message:
    return wire.error(code, text, hint=hint, severity="FATAL")


@dataclass
class Client:
    """A client that has spoken its start-up packet."""

    stream: Stream
    startup: wire.Startup
    server_name: str | None
    signer: sigv4.Credentials | None = None

    @property
    def user(self) -> str:
        return self.startup.parameters.get("user", "")


class PasswordDoor:
    """TLS and nothing else: the server itself asks for the password, through the door."""

    denied_code = "28P01"
    denied_text = 'password authentication failed for user "{user}"'
    stale_hint: str | None = None

    def __init__(self, state: State, upstream: Upstream) -> None:
        self.state = state
        self.upstream = upstream

    async def admit(self, client: Client) -> Stream:
        """The server's end, with the start-up packet sent; RefusedError to turn the client away."""
        self.refuse_as_told(client)
        server = await self.upstream.over_tcp()
        await server.send(client.startup)
        return server

    def refuse_as_told(self, client: Client) -> None:
        """Refuse because a test ordered it."""
        if self.state.refusals_ahead:
            name = self.state.refusals_ahead.popleft()
            raise RefusedError(f"ordered: {name}", self.ordered(name, client.user))

    def ordered(self, name: str, user: str) -> wire.Message:
        """The refusals that the control channel can order."""
        return {
            "access-denied": self.denied(user),
            "starting-up": fatal("57P03", "the database system is starting up"),
            "too-many-connections": fatal("53300", "sorry, too many clients already"),
        }[name]

    def denied(self, user: str, *, stale: bool = False) -> wire.Message:
        hint = self.stale_hint if stale else None
        return fatal(self.denied_code, self.denied_text.format(user=user), hint)

    def plain_text(self, startup: wire.Startup) -> wire.Message:
        user, database = (startup.parameters.get(name, "") for name in ("user", "database"))
        return fatal(
            "28000",
            f'no pg_hba.conf entry for host "127.0.0.1", user "{user}", database "{database}", '
            "no encryption",
        )


class IamDoor(PasswordDoor):
    """Demands a token as the password and logs in at the server as the user it was made for."""

    async def admit(self, client: Client) -> Stream:
        token = await _ask_password(client.stream)
        self.state.statistics.saw_token(token)
        self.refuse_as_told(client)
        try:
            client.signer = sigv4.verify(
                token, self.expected(client), self.state.credentials, self.state.now()
            )
        except sigv4.TokenRefusedError as error:
            raise RefusedError(error.reason, self.denied(client.user, stale=error.stale)) from error
        await self.authorize(client)
        server = await self.upstream.trusted()
        await server.send(self.server_startup(client))
        return server

    def expected(self, client: Client) -> sigv4.Expected:
        """What the client's token must have been signed for."""
        raise NotImplementedError

    async def authorize(self, client: Client) -> None:
        """RefusedError if the client's signer may not be this database user."""

    def server_startup(self, client: Client) -> wire.Startup:
        return client.startup


class RdsIamDoor(IamDoor):
    """Aurora and RDS PostgreSQL: members of rds_iam need a token, all others their password."""

    denied_code = "28000"
    denied_text = 'PAM authentication failed for user "{user}"'

    async def admit(self, client: Client) -> Stream:
        if await self._is_iam_user(client.user):
            return await super().admit(client)
        return await PasswordDoor.admit(self, client)

    async def _is_iam_user(self, user: str) -> bool:
        # Not pg_has_role(): it calls a superuser a member of every role.
        return bool(
            await self.upstream.ask(
                "WITH RECURSIVE held(oid) AS (SELECT oid FROM pg_roles"
                f" WHERE rolname = {quoted(user)} UNION SELECT roleid FROM pg_auth_members"
                " JOIN held ON member = held.oid)"
                " SELECT FROM held JOIN pg_roles USING (oid) WHERE rolname = 'rds_iam'"
            )
        )

    def expected(self, client: Client) -> sigv4.Expected:
        settings = self.state.settings
        return sigv4.Expected(
            service="rds-db",
            region=settings.region,
            authorities=[f"{host}:{self.state.port}" for host in settings.hosts],
            parameters={"Action": "connect", "DBUser": client.user},
            longest=RDS_LIFETIME,
        )


class DsqlDoor(IamDoor):
    """Aurora DSQL: tokens only, and the cluster is found by the TLS server name."""

    denied_code = "28000"
    denied_text = "unable to accept connection, access denied"
    stale_hint = "Signature expired"

    async def admit(self, client: Client) -> Stream:
        self._cluster(client)
        return await super().admit(client)

    def ordered(self, name: str, user: str) -> wire.Message:
        return {
            "access-denied": self.denied(user),
            "signature-expired": self.denied(user, stale=True),
            "waking-up": fatal(
                "57P03", "unable to accept connection, waking up cluster, please retry later"
            ),
        }[name]

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
            longest=DSQL_LIFETIME,
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


async def _ask_password(stream: Stream) -> str:
    await stream.send(wire.Message(b"R", wire.AUTHENTICATION_CLEARTEXT))
    answer = await stream.receive()
    if answer.kind != b"p":
        raise wire.ProtocolError(f"expected a password, got {answer.kind!r}")
    return answer.body.rstrip(b"\0").decode()


KINDS: dict[str, type[PasswordDoor]] = {
    "password": PasswordDoor,
    "rds-iam": RdsIamDoor,
    "dsql": DsqlDoor,
}
