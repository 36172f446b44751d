"""As much of Zappa's command line, and of Terraform's outputs, as the hooks touch."""

from __future__ import annotations

import sys
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3

NETWORK = {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
CONNECT = {"Effect": "Allow", "Action": ["dsql:DbConnect"], "Resource": ["arn:aws:dsql:x"]}
DSQL = "abcdefghijklmnopqrstuvwxyz.dsql.us-east-1.on.aws"
DSQL_URL = f"dsql://lambda_dsql_user@{DSQL}:5432/postgres?schema=car_entities"
REGULAR_URL = "postgresql://postgres@db.cluster-x.us-east-1.rds.amazonaws.com:5432/car_entities"
POLICY = "arn:${partition}:lambda:${region}:*:function:${function}"


ACCOUNT = "123456789012"


def member(stage: str, url: str, *permissions: dict[str, Any]) -> dict[str, Any]:
    return {
        "environment": "default",
        "account_id": ACCOUNT,
        "aws_region": "us-east-1",
        "function_name": f"cars-{stage}",
        "role_name": f"cars-{stage}-execution",
        "vpc_config": NETWORK,
        "aws_environment_variables": {"DATABASE_URL": url},
        "permissions": list(permissions),
        "lambda_concurrency": None,
        "throttling": None,
    }


OUTPUTS = {
    "regular": member("regular", REGULAR_URL),
    "dsql": member("dsql", DSQL_URL, CONNECT),
}


class Lambda:
    """As much of boto3's client as the hooks ask."""

    class exceptions:  # noqa: N801 - boto3's name
        ResourceNotFoundException = LookupError

    def __init__(self, runtime: str | None, **deployed: Any) -> None:
        self.runtime, self.deployed = runtime, deployed
        self.handlers: dict[str, Any] = {}  # of botocore's events
        register = self.handlers.__setitem__
        self.meta = SimpleNamespace(events=SimpleNamespace(register=register))

    def get_function(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"Configuration": self.get_function_configuration(FunctionName)}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        if self.runtime is None:
            raise LookupError
        return {
            "FunctionName": FunctionName,
            "Role": f"arn:aws:iam::{ACCOUNT}:role/{FunctionName}-execution",
            "Runtime": self.runtime,
            **self.deployed,
        }


HERE = f"python3.{sys.version_info[1]}"


@cache
def session(region: str) -> boto3.Session:
    return boto3.Session(region_name=region)


def zappa(
    name: str,
    command: str = "deploy",
    region: str = "us-east-1",
    running: str | None = HERE,
    **config: Any,
) -> Any:
    """As much of ZappaCLI as the hooks touch; `config` are keys of the stage."""
    return SimpleNamespace(
        stage_config=config,
        override_stage_config_setting=config.setdefault,
        on_exit=lambda: None,
        s3_bucket_name="zappa-of-tests",
        use_apigateway=False,
        zappa_settings={name: config},
        manage_roles=True,
        vargs={},
        runtime=HERE,
        architecture="x86_64",
        api_stage=name,
        lambda_name=f"cars-{name}",
        command=command,
        aws_region=region,
        vpc_config={},
        aws_environment_variables={
            "LOG_RETENTION_DAYS": "1",
            **config.get("aws_environment_variables", {}),
        },
        zappa=SimpleNamespace(
            lambda_client=Lambda(running),
            s3_client=None,
            sts_client=SimpleNamespace(get_caller_identity=lambda: {"Account": ACCOUNT}),
            role_name="ZappaLambdaExecutionRole",
            extra_permissions=None,
            attach_policy=POLICY,
            boto_session=session(region),
        ),
    )
