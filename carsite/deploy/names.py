"""Whose function this is: its account, region, environment and role, before anything is made."""

from __future__ import annotations

from typing import Any

from click import ClickException

from carsite.deploy.outputs import Outputs


def check_region(cli: Any) -> None:
    """Raise ClickException where Zappa would split one stage between two regions.

    With keys in the environment it lets AWS_DEFAULT_REGION win over `aws_region`, except for the
    function itself: logs, gateway and stack of a stage would be those of another region.
    """
    session = cli.zappa.boto_session.region_name
    if cli.aws_region and session != cli.aws_region:
        raise ClickException(
            f"AWS_DEFAULT_REGION is {session}, and aws_region of the stage '{cli.api_stage}' in"
            f" zappa_settings.json is {cli.aws_region}: unset the variable, or make it the same."
        )


def check(cli: Any, found: Outputs) -> None:
    """Raise ClickException unless Terraform's outputs are those of this stage's function."""
    if found.aws_region != cli.aws_region:
        raise ClickException(
            f"aws_region is {cli.aws_region} in zappa_settings.json, and the databases are in"
            f" {found.aws_region}: make it the same as in terraform/terraform.tfvars."
        )
    if found.function_name != cli.lambda_name:
        raise ClickException(
            f"The stage '{cli.api_stage}' is the function {cli.lambda_name}, and Terraform's"
            f" outputs are for {found.function_name}: zappa_project_name in terraform/ must be"
            " the same as project_name in zappa_settings.json."
        )
    account = cli.zappa.sts_client.get_caller_identity()["Account"]
    if found.account_id != account:
        raise ClickException(
            f"These credentials are of the account {account}, and the databases of the environment"
            f" '{found.environment}' are in {found.account_id}: use credentials of that account."
        )


def role(cli: Any, found: Outputs) -> str:
    """The role's name: the stage's own setting `role_name`, else Terraform's.

    One that `extends` brings does not count: two functions with one role would take each other's
    permissions away.
    """
    own = cli.zappa_settings[cli.api_stage].get("role_name")
    return str(own or found.role_name)


def deployed_role(cli: Any) -> str | None:
    """The name of the role that the function has; None without a function."""
    client = cli.zappa.lambda_client
    try:
        arn = client.get_function_configuration(FunctionName=cli.lambda_name)["Role"]
    except client.exceptions.ResourceNotFoundException:
        return None
    return str(arn).rpartition("/")[2]
