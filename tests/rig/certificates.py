"""A certificate authority for one test run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme


@dataclass(frozen=True)
class Certificate:
    """PEM files: the authority to trust, and a certificate chain with its private key."""

    ca: Path
    chain: Path


def issue(folder: Path, *hosts: str, authority: trustme.CA | None = None) -> Certificate:
    """A certificate for these hosts, from an authority of its own unless one is given."""
    authority = authority or new_authority()
    ca, chain = folder / "ca.pem", folder / "server.pem"
    authority.cert_pem.write_to_path(str(ca))
    authority.issue_cert(*hosts).private_key_and_cert_chain_pem.write_to_path(str(chain))
    return Certificate(ca, chain)


def new_authority() -> trustme.CA:
    """One that nobody trusts yet."""
    import trustme  # here, because the stand-ins' own processes import this module as well

    return trustme.CA()
