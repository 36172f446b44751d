"""The certificates that Aurora's and RDS's TLS chains to: fetched, and compared with a list.

Whoever can change what is fetched could otherwise put an authority of their own into the bundle,
and answer in the database's place. rds-roots.sha256 holds the SHA-256 of each root, as `openssl
x509 -fingerprint -sha256` prints it but in lower case and without colons, and its name.
"""

from __future__ import annotations

import hashlib
import re
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import certifi

ROOTS = Path(__file__).parent / "rds-roots.sha256"

TIMEOUT_SECONDS = 30
# AWS's bundle has 165 KB.
LONGEST_BUNDLE = 2 * 1024 * 1024
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


class RootsError(Exception):
    """What is wrong with a bundle, or with the way to it, and what to do."""


class Root(NamedTuple):
    """A certificate of an authority; `fingerprint` is the SHA-256 of its DER, in hexadecimal."""

    fingerprint: str
    name: str
    pem: str


def fetch(url: str) -> list[Root]:
    """The roots of a PEM bundle, by verified HTTPS. Raises RootsError."""
    if not url.startswith("https://"):
        raise RootsError(f"--url is '{url}': a root of trust is only fetched over https.")
    try:
        with _opener().open(url, timeout=TIMEOUT_SECONDS) as response:
            body: bytes = response.read(LONGEST_BUNDLE + 1)
    except OSError as error:
        raise RootsError(
            f"{url} cannot be fetched: {error}. From a machine that can reach it, save it and"
            " name the file in DATABASE_URL with sslrootcert=."
        ) from error
    if len(body) > LONGEST_BUNDLE:
        raise RootsError(f"{url} has more than {LONGEST_BUNDLE} bytes, which no bundle has.")
    try:
        return [_root(pem) for pem in CERTIFICATE.findall(body.decode("ascii"))] or _no_roots()
    except ValueError as error:  # ssl.SSLError and UnicodeDecodeError are among them
        raise RootsError(f"{url} did not answer with certificates of authorities.") from error


def _opener() -> urllib.request.OpenerDirector:
    """urllib's, which knows no other scheme: a redirect to http is an error."""
    context = ssl.create_default_context(cafile=certifi.where())
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPSHandler(context=context),
        urllib.request.ProxyHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _no_roots() -> list[Root]:
    raise ValueError("no certificates")


def _root(pem: str) -> Root:
    """Raises ValueError for what is no certificate of an authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=pem)
    (details,) = context.get_ca_certs()
    subject: Any = details["subject"]
    names = [value for part in subject for key, value in part if key == "commonName"]
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    return Root(fingerprint, " ".join(names), pem)


def listed(path: Path = ROOTS) -> dict[str, str]:
    """The names of the trusted roots by their fingerprints."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("  ", 1) for line in lines if line and not line.startswith("#"))


def write_list(roots: list[Root], path: Path = ROOTS) -> None:
    """Trust these roots and no others."""
    lines = sorted(
        {f"{root.fingerprint}  {root.name}" for root in roots}, key=lambda line: line[66:]
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_bundle(roots: list[Root], path: Path) -> None:
    """Written beside and moved into place: a reader never sees half a bundle."""
    partial = path.with_suffix(".partial")
    partial.write_text("".join(f"{root.pem}\n" for root in roots), encoding="ascii")
    partial.replace(path)
