"""Which packages the function needs: those that requirements.lock pins for it, and no more.

uv, which writes the lock (`make lock`), says below each package who asks for it, so the lock alone
decides what ships, whatever is installed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from click import ClickException

DIRECT = "-r requirements.txt"
ELSEWHERE = " ; sys_platform == 'win32'"
# Lambda's runtime has a boto3, which only management commands and Zappa's handler ask for.
PROVIDED = {"boto3"}
# Zappa deploys; of what it needs for that, its handler imports only these (and boto3).
ZAPPAS = {"werkzeug", "durationpy"}

ENTRY = re.compile(r"^([a-z0-9-]+)==(\S+).*\n(?:[ ].*\n)*", re.MULTILINE)
NEEDED_BY = re.compile(r"^    #(?: via)? +(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Pin:
    """A package of the lock; `text` is its entry there, with the hashes of all its files."""

    name: str
    version: str
    text: str

    @property
    def needed_by(self) -> set[str]:
        return set(NEEDED_BY.findall(self.text))


def pins(lock: Path) -> dict[str, Pin]:
    """The lock's packages, by name."""
    found = ENTRY.finditer(lock.read_text(encoding="utf-8"))
    return {entry[1]: Pin(entry[1], entry[2], entry[0]) for entry in found}


def shipped(lock: Path) -> list[Pin]:
    """What ships, by name: what requirements.txt names, and what that needs in turn."""
    locked = {name: pin for name, pin in pins(lock).items() if ELSEWHERE not in pin.text}
    found, asking = set(ZAPPAS), {DIRECT, *ZAPPAS}
    while asking:
        needed = {name for name, pin in locked.items() if pin.needed_by & asking} - PROVIDED - found
        found |= needed
        asking = needed - {"zappa"}
    return [locked[name] for name in sorted(found)]


def check_installed(shipping: list[Pin]) -> None:
    """Raise ClickException unless requirements.txt's packages are installed as they are pinned.

    They collect the static files, and Zappa writes its own settings.
    """
    for pin in shipping:
        if DIRECT in pin.needed_by and (here := _installed(pin.name)) != pin.version:
            raise ClickException(
                f"{pin.name}=={pin.version} is wanted, {here or 'none'} is installed. Run"
                " 'pip install --require-hashes -r requirements.lock' in this environment."
            )


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
