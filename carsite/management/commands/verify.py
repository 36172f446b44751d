"""Ask this service from within whether all is well: `zappa manage dsql "verify URL"`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from carsite.verify.inside import InsideClient
from carsite.verify.report import verify


class Command(BaseCommand):
    help = (
        "Run the checks of `make verify` inside this process, without network and gateway."
        " Nothing is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "url", help="the service's address, such as https://API.execute-api...com/dsql"
        )

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        if not url.startswith("https://"):
            raise CommandError(
                f"{url} is no address of a deployed service: give one that begins with https://"
            )
        # All at the end: Lambda hands back the last 4 KB of what a command and its requests print.
        results = list(verify(InsideClient(url), {}))
        for result in results:
            self.stdout.write(str(result))
        failed = [result.name for result in results if not result.passed]
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}.")
