"""Fill the settings of a stage with what Terraform made and what the environment keeps secret."""

from __future__ import annotations

import os
from collections.abc import Mapping
from string import Template
from typing import Any
from urllib.parse import urlsplit

from click import ClickException

from carsite.deploy import concurrency, logs, moves, names, outputs, permissions, secrets
from carsite.settings.database import RDS_CA, trusts_rds


def fill(cli: Any) -> None:
    """Complete the settings that Zappa has loaded, in memory. `cli` is its ZappaCLI.

    `cli.outputs` are Terraform's from then on.
    """
    found = outputs.read(cli.api_stage)
    names.check(cli, found)
    cli.outputs = found
    variables = dict(found.aws_environment_variables)
    url = variables.pop("DATABASE_URL")
    require_roots(url)
    cli.zappa.role_name = names.role(cli, found)
    if cli.command == "update":
        keep_place(cli, url)
    concurrency.bound(cli, found.lambda_concurrency)
    cli.vpc_config = found.vpc_config
    cli.aws_environment_variables = {
        **from_settings(cli.stage_config),
        **cli.aws_environment_variables,
        **variables,
        **_secrets(cli, url),
    }
    cli.zappa.attach_policy = own_policy(cli)
    cli.zappa.extra_permissions = [
        *(cli.zappa.extra_permissions or []),
        *found.permissions,
        *permissions.required(cli.stage_config),
    ]


def _secrets(cli: Any, url: str) -> dict[str, str]:
    first = cli.command == "deploy"
    if first and outputs.has_two_regions(cli.api_stage):
        secrets.require_key(os.environ)
    return secrets.variables(url, os.environ, first=first)


def keep_place(cli: Any, url: str) -> None:
    """Raise ClickException for an update that would lead the function somewhere else unasked."""
    client = cli.zappa.lambda_client
    try:
        deployed = client.get_function_configuration(FunctionName=cli.lambda_name)
    except client.exceptions.ResourceNotFoundException:
        return  # Zappa says so itself
    role = cli.zappa.role_name if cli.manage_roles else deployed["Role"].rpartition("/")[2]
    moves.check(deployed, cli.api_stage, url, role, os.environ.get(moves.VARIABLE))


def from_settings(config: Mapping[str, Any]) -> dict[str, str]:
    """The variables that other keys of the stage imply.

    Zappa's `extends` replaces aws_environment_variables whole, so a stage that adds one loses the
    others; without DJANGO_SETTINGS_MODULE the function would not start.
    """
    variables = {logs.VARIABLE: logs.DEFAULT_DAYS}
    if module := config.get("django_settings"):
        variables["DJANGO_SETTINGS_MODULE"] = module
    if base_path := (config.get("base_path") or "").strip("/"):
        variables["DJANGO_SCRIPT_NAME"] = f"/{base_path}"
    return variables


def own_policy(cli: Any) -> str:
    """The text of the setting `attach_policy`, for this function and no other.

    API Gateway invokes the function in its role (Zappa's integrations say so), so the role must
    be allowed to.
    """
    session = cli.zappa.boto_session
    return Template(cli.zappa.attach_policy).substitute(
        partition=session.get_partition_for_region(cli.aws_region),
        region=cli.aws_region,
        function=cli.lambda_name,
    )


def require_roots(url: str) -> None:
    """Raise ClickException if the function could not verify its database's certificate."""
    address = urlsplit(url)
    host = address.hostname or ""
    if address.scheme != "dsql" and trusts_rds(host) and not RDS_CA.is_file():
        raise ClickException(
            f"{RDS_CA} is missing, and without it no connection to {host} can be verified. Fetch"
            " it once with 'python manage.py fetch_rds_ca'."
        )
