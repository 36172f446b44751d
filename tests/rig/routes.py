"""Where the host names of AWS databases lead: to the doors that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.rig.front_door import FrontDoor


@dataclass
class Routes:
    """A network in which some names have an address; clients know them by DATABASE_URL.

    What a name server and the public roots of trust would say stands in the URL instead, so that
    host, user and password remain those that were deployed.
    """

    doors: dict[str, FrontDoor] = field(default_factory=dict)

    def add(self, door: FrontDoor) -> None:
        """From now on all names of the door lead to it."""
        self.doors |= dict.fromkeys(door.hosts, door)

    def applied(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables of a process in this network."""
        url = variables.get("DATABASE_URL")
        return {**variables, **({"DATABASE_URL": self.url(url)} if url else {})}

    def url(self, url: str) -> str:
        """A DATABASE_URL with the address, port and authority of its host's door, if it has one."""
        parts = urlsplit(url)
        door = self.doors.get(parts.hostname or "")
        if door is None:
            return url
        user, _, _ = parts.netloc.rpartition("@")
        query = dict(parse_qsl(parts.query))
        query |= {"hostaddr": "127.0.0.1", "sslrootcert": str(door.ca)}
        netloc = f"{user}@{parts.hostname}:{door.port}"
        return parts._replace(netloc=netloc, query=urlencode(query)).geturl()
