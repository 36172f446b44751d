"""System checks: a misconfigured stage is found by `manage.py check`, before a request finds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's

PASSWORD_ENGINES = {"dbauth.password", "django.db.backends.postgresql"}


@register(Tags.security)
def check_database_tls(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E001, W001: a password must not travel unverified. `dbauth` databases have their own checks.

    SQLite has no network, and Django's own development default is not ours to judge, so only the
    PostgreSQL backends of the deployed stages are looked at.
    """
    return [
        message
        for alias, database in settings.DATABASES.items()
        if database.get("ENGINE") in PASSWORD_ENGINES and not settings.DEBUG
        for message in _tls_messages(alias, cast("dict[str, Any]", database.get("OPTIONS", {})))
    ]


def _tls_messages(alias: str, options: dict[str, Any]) -> Iterator[CheckMessage]:
    name = f"DATABASES['{alias}']['OPTIONS']"
    mode = options.get("sslmode", "prefer")
    if mode != "verify-full":
        yield Warning(
            f"{name}['sslmode'] is '{mode}': the server's identity is not verified.",
            hint="Remove sslmode from DATABASE_URL; the default is verify-full.",
            id="carsite.W001",
        )
    root = options.get("sslrootcert")
    if mode.startswith("verify-") and root != "system" and not (root and Path(root).is_file()):
        yield Error(
            f"{name}['sslrootcert'] is '{root}', and there is no such file.",
            hint=(
                "Run 'python manage.py fetch_rds_ca' (or 'make rds-ca') once: it fetches the"
                " certificates of AWS's own authority. For another server add"
                " sslrootcert=/path/to/ca.pem to DATABASE_URL."
            ),
            id="carsite.E001",
        )
