"""An update that would lead a function to another database or role asks for a word first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

VARIABLE = "DEPLOY_MOVES"


def check(deployed: Mapping[str, Any], stage: str, url: str, role: str, word: str | None) -> None:
    """Raise ClickException for a move, unless `word`, the value of DEPLOY_MOVES, names the stage.

    `deployed` is the function's configuration, `url` and `role` are what it is to have.
    """
    moves = [*_database(deployed, url), *_role(deployed, role)]
    if moves and word != stage:
        raise ClickException(
            f"This update would change more than the code of {deployed['FunctionName']}:"
            f" {'; '.join(moves)}. If that is meant, run it again with {VARIABLE}={stage}."
        )


def _database(deployed: Mapping[str, Any], url: str) -> list[str]:
    before = deployed.get("Environment", {}).get("Variables", {}).get("DATABASE_URL")
    if before is None or _place(before) == _place(url):
        return []
    return [f"its database is {_place(before)} and would be {_place(url)}"]


def _role(deployed: Mapping[str, Any], role: str) -> list[str]:
    before = str(deployed["Role"]).rpartition("/")[2]
    if before == role:
        return []
    mapped = "which on Aurora DSQL must be mapped first ('manage.py create_db_user --role-arn')"
    return [f"its role is {before} and would be {role}, {mapped}"]


def _place(url: str) -> str:
    """Host and database of a DATABASE_URL; nothing of it is secret."""
    address = urlsplit(url)
    return f"{address.hostname or ''}{address.path}"
