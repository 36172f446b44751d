"""`manage.py dbdoctor`: what is wrong with a database connection, and what to do about it."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.connection import ConnectionDoesNotExist

from dbauth.doctor import Finding, examine
from dbauth.doctor.hosts import each


class Command(BaseCommand):
    help = "Walk through a database connection, and name the first thing that is wrong and its fix."
    # They would stop at what the first step explains.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, help="default: %(default)s")
        parser.add_argument("--json", action="store_true", help="one line of JSON")

    def handle(self, *args: Any, database: str, json: bool, **options: Any) -> None:
        hosts = each(_connection(database))
        found = []
        for connection in hosts:
            if len(hosts) > 1 and not json:
                self.stdout.write(f"{connection.settings_dict['HOST']}:")
            found.append(self._findings(connection, silent=json))
        if json:
            self.stdout.write(_report(hosts, found))
        for connection, findings in zip(hosts, found, strict=True):
            if not findings[-1].ok:
                where = f" at {connection.settings_dict['HOST']}" if len(hosts) > 1 else ""
                raise CommandError(f"{database}: the step '{findings[-1].step}' failed{where}.")

    def _findings(self, connection: BaseDatabaseWrapper, *, silent: bool) -> list[Finding]:
        findings = []
        for finding in examine(connection):
            findings.append(finding)
            if not silent:
                self.stdout.write("\n".join(finding.lines()))
        return findings


def _connection(alias: str) -> BaseDatabaseWrapper:
    try:
        return connections[alias]
    except ConnectionDoesNotExist:
        raise CommandError(
            f"--database is {alias!r}; settings.DATABASES has {', '.join(connections)}."
        ) from None
    except ImproperlyConfigured as error:
        raise CommandError(f"{alias}: the step 'settings' failed: {error}") from None


def _report(hosts: list[BaseDatabaseWrapper], found: list[list[Finding]]) -> str:
    report: dict[str, Any] = {
        "database": hosts[0].alias,
        "engine": hosts[0].settings_dict["ENGINE"],
        "ok": all(findings[-1].ok for findings in found),
        "steps": [finding.as_dict() for finding in found[0]],
    }
    for connection, findings in zip(hosts[1:], found[1:], strict=True):
        report["fallback"] = {
            "host": connection.settings_dict["HOST"],
            "steps": [finding.as_dict() for finding in findings],
        }
    return json.dumps(report)
