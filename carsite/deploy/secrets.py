"""Secrets of a stage: from the environment into Lambda's variables, and nowhere else."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from click import ClickException, echo

from carsite.settings.database import PASSWORD_ENGINES

# The second is what Terraform was given it in.
PASSWORD_NAMES = ("DATABASE_PASSWORD", "TF_VAR_database_password")
KEY_NAME = "DJANGO_SECRET_KEY"
FALLBACKS_NAME = "DJANGO_SECRET_KEY_FALLBACKS"
KEY_BYTES = 48


def variables(url: str, environment: Mapping[str, str], *, first: bool) -> dict[str, str]:
    """The Lambda variables that are secret, or hold a secret.

    On an update what is missing in the environment is left out, and Zappa then keeps what the
    function has. On the first deploy there is nothing to keep.
    """
    return _database_url(url, environment, first=first) | _keys(environment, first=first)


def _database_url(url: str, environment: Mapping[str, str], *, first: bool) -> dict[str, str]:
    if urlsplit(url).scheme not in PASSWORD_ENGINES:
        return {"DATABASE_URL": url}  # an IAM token is its password
    password = next((environment[name] for name in PASSWORD_NAMES if environment.get(name)), None)
    if password:
        return {"DATABASE_URL": with_password(url, password)}
    if first:
        raise ClickException(
            f"The database's password is missing: export {PASSWORD_NAMES[0]} (or"
            f" {PASSWORD_NAMES[1]}, as for Terraform) and deploy again."
        )
    echo(f"{PASSWORD_NAMES[0]} is not set: DATABASE_URL stays as it was deployed.")
    return {}


def require_key(environment: Mapping[str, str]) -> None:
    """Raise ClickException without a secret key that both regions can have."""
    if not environment.get(KEY_NAME):
        raise ClickException(
            f"{KEY_NAME} is missing: a session of one region is valid in the other under the same"
            " key alone. Export one, keep it, and deploy both stages with it."
        )


def with_password(url: str, password: str) -> str:
    """The URL with the password, percent-encoded, after its user."""
    user, at, host = urlsplit(url).netloc.rpartition("@")
    if not at or ":" in user:
        raise ClickException(
            "Terraform's DATABASE_URL must have a user and no password: postgresql://USER@HOST/NAME"
        )
    return url.replace(f"//{user}@{host}", f"//{user}:{quote(password, safe='')}@{host}", 1)


def _keys(environment: Mapping[str, str], *, first: bool) -> dict[str, str]:
    keys = {}
    if environment.get(KEY_NAME):
        keys[KEY_NAME] = environment[KEY_NAME]
    elif first:
        keys[KEY_NAME] = secrets.token_urlsafe(KEY_BYTES)
        echo(f"{KEY_NAME} is not set: made one, which only the function knows.")
    # Empty, it is how the old keys are taken away: Zappa keeps what an update does not name.
    if FALLBACKS_NAME in environment:
        keys[FALLBACKS_NAME] = environment[FALLBACKS_NAME]
    return keys
