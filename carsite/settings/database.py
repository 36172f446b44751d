"""DATABASE_URL, and what the deployed stages add to it.

The URL's scheme picks the authentication (`postgresql`, `rds-iam`, `dsql`), its query parameters
become OPTIONS and win over what is set here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from dbauth.iam import roots
from dbauth.iam.endpoints import parse

# AWS's own roots, which sign the certificates of Aurora and RDS and are in no public store.
# `manage.py fetch_rds_ca` fetches them to this path.
RDS_CA = Path(__file__).parents[1] / "rds-global-bundle.pem"

# A statement that waits for somebody else's lock ends before API Gateway and Lambda give up, with
# an answer. DATABASE_URL's ?options= replaces both; an RDS Proxy has its own.
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
        "sslrootcert": str(RDS_CA) if trusts_rds(settings["HOST"]) else roots.public_file(),
        **_postgresql_defaults(settings["HOST"]),
    }
    return {**PERSISTENT, **settings, "OPTIONS": defaults | settings.get("OPTIONS", {})}


def postgresql_database(env: Env) -> dict[str, Any]:
    """Either of the two below, as the scheme says: a user with a password, or with IAM tokens."""
    scheme, _, _ = env("DATABASE_URL").partition("://")
    return iam_database(env) if scheme == "rds-iam" else password_database(env)


def iam_database(env: Env) -> dict[str, Any]:
    """DATABASES["default"] for a user whose password is an IAM token; `dbauth` does the rest.

    Raises ImproperlyConfigured as password_database does.
    """
    settings = _parse(
        env, IAM_ENGINES, "dsql://user@host:5432/postgres or rds-iam://user@host:5432/database"
    )
    defaults: dict[str, Any] = {}
    # DSQL ends transactions by itself, has no locks to wait for and no readers, and AWS documents
    # no other use of `options` than its own.
    if settings["ENGINE"] != IAM_ENGINES["dsql"]:
        defaults = _postgresql_defaults(settings["HOST"])
        # dbauth finds public roots by itself.
        if trusts_rds(settings["HOST"]):
            defaults["sslrootcert"] = str(RDS_CA)
    return {**PERSISTENT, **settings, "OPTIONS": defaults | settings.get("OPTIONS", {})}


def _postgresql_defaults(host: str) -> dict[str, Any]:
    """What both stages ask of Aurora PostgreSQL; dbauth's own defaults come on top."""
    # After a failover the old writer's address may lead to a reader.
    defaults: dict[str, Any] = {"target_session_attrs": "read-write"}
    # RDS Proxy refuses command-line options: https://github.com/psycopg/psycopg2/issues/1577
    if parse(host).kind != "rds-proxy":
        defaults["options"] = (
            f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT}"
        )
    return defaults


def trusts_rds(host: str) -> bool:
    """Whether RDS_CA verifies this host. The proxy before it has a certificate of a public root."""
    return not roots.are_public(parse(host))


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
