"""Who may enter: the ways of proving it that the kinds of door share."""

from __future__ import annotations

from dataclasses import dataclass

from tests.rig.front_door import sigv4, wire
from tests.rig.front_door.state import State
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.upstream import Upstream


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
        state.refusals = frozenset(self.orders(""))

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
            raise RefusedError(f"ordered: {name}", self.orders(client.user)[name])

    def orders(self, user: str) -> dict[str, wire.Message]:
        """The refusals that the control channel can order, by name."""
        return {
            "access-denied": self.denied(user),
            "starting-up": fatal("57P03", "the database system is starting up"),
            "too-many-connections": fatal("53300", "sorry, too many clients already"),
        }

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
        await self.check(client)
        server = await self.upstream.trusted()
        await server.send(self.server_startup(client))
        return server

    async def check(self, client: Client) -> None:
        """RefusedError for a client without a token that was signed for it."""
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

    def expected(self, client: Client) -> sigv4.Expected:
        """What the client's token must have been signed for."""
        raise NotImplementedError

    async def authorize(self, client: Client) -> None:
        """RefusedError if the client's signer may not be this database user."""

    def server_startup(self, client: Client) -> wire.Startup:
        return client.startup


async def _ask_password(stream: Stream) -> str:
    await stream.send(wire.Message(b"R", wire.AUTHENTICATION_CLEARTEXT))
    answer = await stream.receive()
    if answer.kind != b"p":
        raise wire.ProtocolError(f"expected a password, got {answer.kind!r}")
    return answer.body.rstrip(b"\0").decode()
