"""Fetch the certificates that Aurora's and RDS's TLS chains to."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import certifi
from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsite.settings.database import RDS_CA
from dbauth.iam.roots import RDS_BUNDLE

TIMEOUT_SECONDS = 30


class Command(BaseCommand):
    help = "Fetch AWS's RDS certificate bundle, which the regular stage verifies its server with."
    # It must run before the settings are complete: that is when it is needed.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=RDS_BUNDLE, help="default: %(default)s")
        parser.add_argument("--output", type=Path, default=RDS_CA, help="default: %(default)s")

    def handle(self, *args: Any, url: str, output: Path, **options: Any) -> None:
        if not url.startswith("https://"):
            raise CommandError(f"--url is '{url}': a root of trust is only fetched over https.")
        bundle = _fetch(url)
        try:
            count = len(_certificates(bundle))
        except (ssl.SSLError, ValueError) as error:
            raise CommandError(
                f"{url} did not answer with PEM certificates; nothing written."
            ) from error
        # Written beside and moved into place: a reader never sees half a bundle.
        partial = output.with_suffix(".partial")
        partial.write_bytes(bundle)
        partial.replace(output)
        self.stdout.write(self.style.SUCCESS(f"{count} certificates in {output}"))


def _fetch(url: str) -> bytes:
    context = ssl.create_default_context(cafile=certifi.where())
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS, context=context) as response:  # noqa: S310 - https only
            body: bytes = response.read()
            return body
    except (urllib.error.URLError, TimeoutError) as error:
        raise CommandError(
            f"{url} cannot be fetched: {error}. From a machine that can reach it, save it and"
            " name the file in DATABASE_URL with sslrootcert=."
        ) from error


def _certificates(bundle: bytes) -> list[dict[str, Any]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=bundle.decode("ascii"))
    certificates: list[dict[str, Any]] = context.get_ca_certs()
    if not certificates:
        raise ValueError("no certificates")
    return certificates
