"""Fetch the certificates that Aurora's and RDS's TLS chains to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsite.deploy import roots
from carsite.settings.database import RDS_CA
from dbauth.iam.roots import RDS_BUNDLE


class Command(BaseCommand):
    help = (
        "Fetch AWS's RDS certificate bundle, which the regular stage verifies its server with."
        " Roots that are not in the list of fingerprints are named and left out."
    )
    # It must run before the settings are complete: that is when it is needed.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=RDS_BUNDLE, help="default: %(default)s")
        parser.add_argument("--output", type=Path, default=RDS_CA, help="default: %(default)s")
        parser.add_argument(
            "--fingerprints",
            type=Path,
            default=roots.ROOTS,
            help="the list of trusted roots; default: %(default)s",
        )
        parser.add_argument(
            "--update",
            action="store_true",
            help="trust what is fetched, and replace the list: compare it before committing it",
        )

    def handle(
        self,
        *args: Any,
        url: str,
        output: Path,
        fingerprints: Path,
        update: bool,
        **options: Any,
    ) -> None:
        try:
            fetched = roots.fetch(url)
        except roots.RootsError as error:
            raise CommandError(f"{error} Nothing written.") from error
        trusted = roots.listed(fingerprints)
        if update:
            self._update(fetched, trusted, fingerprints)
            known = fetched
        else:
            known = self._known(fetched, trusted, url)
        roots.write_bundle(known, output)
        self.stdout.write(self.style.SUCCESS(f"{len(known)} certificates in {output}"))

    def _known(
        self, fetched: list[roots.Root], trusted: dict[str, str], url: str
    ) -> list[roots.Root]:
        known = [root for root in fetched if root.fingerprint in trusted]
        for root in fetched:
            if root.fingerprint not in trusted:
                self.stderr.write(f"left out, not in the list: {root.fingerprint}  {root.name}")
        if len(known) < len(fetched):
            self.stderr.write("AWS adds roots with new regions: --update takes these too.")
        if not known:
            raise CommandError(f"{url} has none of the listed roots; nothing written.")
        return known

    def _update(
        self, fetched: list[roots.Root], trusted: dict[str, str], fingerprints: Path
    ) -> None:
        given = {root.fingerprint: root.name for root in fetched}
        for fingerprint in given.keys() - trusted.keys():
            self.stdout.write(f"+ {fingerprint}  {given[fingerprint]}")
        for fingerprint in trusted.keys() - given.keys():
            self.stdout.write(f"- {fingerprint}  {trusted[fingerprint]}")
        roots.write_list(fetched, fingerprints)
