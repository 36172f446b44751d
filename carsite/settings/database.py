"""DATABASE_URL, and what the deployed stages add to it.

The URL's scheme picks the authentication (`postgresql`, `rds-iam`, `dsql`), its query parameters
become OPTIONS and win over what is set here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import certifi
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from dbauth.iam.endpoints import parse

# AWS's own roots, which sign the certificates of Aurora and RDS and are in no public store.
# `manage.py fetch_rds_ca` fetches them to this path.
RDS_CA = Path(__file__).parents[1] / "rds-global-bundle.pem"

CONNECT_TIMEOUT_SECONDS = 5
# Give up on a connection whose peer stopped acknowledging, before API Gateway gives up on us.
TCP_USER_TIMEOUT_MILLISECONDS = 10_000

# API Gateway gives up after 29 seconds and Lambda after 30: a statement that waits for somebody
# else's lock ends before, with an answer. DATABASE_URL's ?options= replaces both.
STATEMENT_TIMEOUT = "25s"
LOCK_TIMEOUT = "10s"

PASSWORD_ENGINES = dict.fromkeys(["postgresql", "postgres", "pgsql"], "dbauth.password")
IAM_ENGINES = {"rds-iam": "dbauth", "dsql": "dbauth.dsql"}

# Lambda freezes a container between requests: connections stay open, and a health check finds out
# whether they survived.
PERSISTENT = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}


def password_database(env: Env) -> dict[str, Any]:
    """DATABASES["default"] for a user with a password: TLS verified, connections kept.

    Raises ImproperlyConfigured for a URL of another scheme or without a host or a user.
    """
    settings = _parse(env, PASSWORD_ENGINES, "postgresql://user:password@host:5432/database")
    defaults = {
        "sslmode": "verify-full",
        "sslrootcert": str(RDS_CA) if trusts_rds(settings["HOST"]) else certifi.where(),
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "tcp_user_timeout": TCP_USER_TIMEOUT_MILLISECONDS,
        # After a failover the old writer's address may lead to a reader.
        "target_session_attrs": "read-write",
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT}",
    }
    return {**PERSISTENT, **settings, "OPTIONS": defaults | settings.get("OPTIONS", {})}


def iam_database(env: Env) -> dict[str, Any]:
    """DATABASES["default"] for a user whose password is an IAM token; `dbauth` does the rest.

    Raises ImproperlyConfigured as password_database does.
    """
    settings = _parse(
        env, IAM_ENGINES, "dsql://user@host:5432/postgres or rds-iam://user@host:5432/database"
    )
    options = settings.get("OPTIONS", {})
    # dbauth finds public roots by itself.
    if settings["ENGINE"] != IAM_ENGINES["dsql"] and trusts_rds(settings["HOST"]):
        options.setdefault("sslrootcert", str(RDS_CA))
    return {**PERSISTENT, **settings, "OPTIONS": options}


def trusts_rds(host: str) -> bool:
    """Whether RDS_CA verifies this host. The proxy before it has a certificate of a public root."""
    return parse(host).kind != "rds-proxy"


def _parse(env: Env, engines: dict[str, str], example: str) -> dict[str, Any]:
    url = env("DATABASE_URL")
    scheme, separator, _ = url.partition("://")
    if scheme not in engines:
        # What has no scheme may be a password that went into the wrong variable.
        found = f"begins with '{scheme}://'" if separator else "is no URL"
        raise ImproperlyConfigured(f"DATABASE_URL {found}, and these settings expect {example}")
    try:
        settings: dict[str, Any] = env.db_url_config(url, engine=engines[scheme])
    except ValueError:
        # Without the cause: it quotes what it took for the port, which is a piece of the password.
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. In the user and the password percent-encode"
            f" / ? # @ : and %. Expected: {example}"
        ) from None
    missing = [part for part in ("HOST", "USER", "NAME") if not settings.get(part)]
    if missing:
        raise ImproperlyConfigured(
            f"DATABASE_URL has no {' and no '.join(missing).lower()}; expected {example}"
        )
    return settings
