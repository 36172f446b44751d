"""`manage.py dbdoctor`: what is wrong with a database connection, and what to do about it."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.connection import ConnectionDoesNotExist

from dbauth.doctor import Finding, examine


class Command(BaseCommand):
    help = "Walk through a database connection, and name the first thing that is wrong and its fix."
    # They would stop at what the first step explains.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="default: %(default)s")
        parser.add_argument("--json", action="store_true", help="one line of JSON")

    def handle(self, *args: Any, database: str, json: bool, **options: Any) -> None:
        connection = _connection(database)
        findings = []
        for finding in examine(connection):
            findings.append(finding)
            if not json:
                self.stdout.write("\n".join(finding.lines()))
        if json:
            self.stdout.write(_report(connection, findings))
        last = findings[-1]
        if not last.ok:
            raise CommandError(f"{database}: the step '{last.step}' failed.")


def _connection(alias: str) -> BaseDatabaseWrapper:
    try:
        return connections[alias]
    except ConnectionDoesNotExist:
        raise CommandError(
            f"--database is {alias!r}; settings.DATABASES has {', '.join(connections)}."
        ) from None
    except ImproperlyConfigured as error:
        raise CommandError(f"{alias}: the step 'settings' failed: {error}") from None


def _report(connection: BaseDatabaseWrapper, findings: list[Finding]) -> str:
    return json.dumps(
        {
            "database": connection.alias,
            "engine": connection.settings_dict["ENGINE"],
            "ok": findings[-1].ok,
            "steps": [finding.as_dict() for finding in findings],
        }
    )
