"""`manage.py dbshell` on DSQL."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dbauth import client
from dbauth.dsql.login import DSQLLogin

STARTUP_FILE = Path(__file__).with_name("psqlrc")


class DatabaseClient(client.DatabaseClient):
    """The backend's client; psql enters OPTIONS["schema"] as the backend does."""

    login_class = DSQLLogin

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        schema = settings_dict["OPTIONS"].get("schema")
        if not schema:
            return arguments, environment
        # DSQL takes no search_path when connecting, so PGOPTIONS cannot bring it.
        own = Path(os.environ.get("PSQLRC", "~/.psqlrc")).expanduser()
        startup = {
            "PSQLRC": str(STARTUP_FILE),
            "DBAUTH_SCHEMA": schema,
            "DBAUTH_PSQLRC": str(own) if own.is_file() else os.devnull,
        }
        return arguments, {**(environment or {}), **startup}
