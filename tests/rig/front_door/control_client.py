"""The tests' end of the control channel."""

from __future__ import annotations

import json
import socket
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tests.rig.front_door.sigv4 import Credentials

ANSWER_SECONDS = 300

Refusal = Literal[
    "access-denied",
    "starting-up",
    "too-many-connections",
    "signature-expired",
    "waking-up",
    "rate-exceeded",
    "too-many-open-connections",
]


@dataclass(frozen=True)
class Statistics:
    """What the door counted since it opened or was reset.

    connects: sessions handed to the server. tokens: distinct ones seen, refused or not.
    refusals: a reason and a user each. open: sessions at this moment.
    """

    connects: int
    tokens: int
    refusals: list[dict[str, str]]
    open: int

    @property
    def reasons(self) -> list[str]:
        return [refusal["reason"] for refusal in self.refusals]


@dataclass(frozen=True)
class Pool:
    """What sessions do to the connections behind an RDS Proxy's door.

    pinned: the statements that kept one for their session. most: connections at one time.
    """

    pinned: list[str]
    most: int


class Control:
    """Orders to a running door; each returns when it is in force."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        self._lines = self._socket.makefile("rw", encoding="utf-8")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def order(self, command: str, **arguments: object) -> Any:
        """The result of a command; RuntimeError if the door does not understand it."""
        self._lines.write(json.dumps({"command": command, **arguments}) + "\n")
        self._lines.flush()
        answer = json.loads(self._lines.readline() or '{"error": "the door has died"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def reset(self) -> None:
        """Undo every order and count from zero; open sessions stay open."""
        self.order("reset")

    def set_clock(self, offset: float) -> None:
        """Let the door's clock go `offset` seconds ahead of (negative: behind) this machine's."""
        self.order("set_clock", offset=offset)

    def set_credentials(self, *credentials: Credentials) -> None:
        """These are valid from now on, and no others."""
        self.order("set_credentials", credentials=[asdict(each) for each in credentials])

    def refuse(self, count: int, refusal: Refusal = "access-denied") -> None:
        """Turn the next `count` connects away."""
        self.order("refuse", count=count, refusal=refusal)

    def drop(self, how: Literal["reset", "eof"] = "reset") -> int:
        """Cut all open sessions off; how many there were."""
        dropped: int = self.order("drop", how=how)
        return dropped

    def hang(self) -> None:
        """Stop relaying, without closing anything; new connects get no answer either."""
        self.order("hang", hanging=True)

    def resume(self) -> None:
        self.order("hang", hanging=False)

    def delay(self, seconds: float) -> None:
        """Hold everything that is relayed for so long."""
        self.order("delay", seconds=seconds)

    def limit_rate(self, rate: float, burst: float) -> None:
        """Admit `burst` new connections at once, then `rate` a second: a DSQL door's quota."""
        self.order("limit_rate", rate=rate, burst=burst)

    def limit_connections(self, connections: int, borrow_seconds: float = 10) -> None:
        """Have so many to the server behind an RDS Proxy's door, to wait for so long at most."""
        self.order("limit_connections", connections=connections, borrow_seconds=borrow_seconds)

    def pool(self) -> Pool:
        """What became of them."""
        return Pool(**self.order("pool"))

    def statistics(self) -> Statistics:
        return Statistics(**self.order("statistics"))
