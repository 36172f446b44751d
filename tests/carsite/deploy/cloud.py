"""Zappa's commands in this process, on an AWS on loopback, with an archive that is not filled.

A deploy of the real archive takes ten seconds (test_rehearsal.py); these are for what Zappa and the
hooks do to AWS.
"""

from __future__ import annotations

import json
import os
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
import zappa.core
from botocore.session import Session
from zappa.cli import ZappaCLI

from carsite.deploy.package import build
from tests.rig.moto_aws import Aws, running_aws

ROOT = Path(__file__).resolve().parents[3]
PROJECT = "producer-api-python-rest-lambda"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
IAM_NAMES = {
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjectsV2": "ListBucket",
    "Invoke": "InvokeFunction",
}
ACCOUNT = "123456789012"  # moto's
POLICY = "carsite/deploy/execution-policy.json"


@dataclass
class Cloud:
    """An AWS, and a folder with zappa_settings.json to deploy from."""

    aws: Aws
    folder: Path
    settings: dict[str, Any]
    network: dict[str, Any] = field(default_factory=dict)
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)  # IAM's, of all that Zappa and the hooks called

    def client(self, service: str, region: str = "us-east-1") -> Any:
        if (service, region) not in self.clients:
            self.clients[service, region] = boto3.client(
                service,
                endpoint_url=self.aws.url,
                region_name=region,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
            )
        return self.clients[service, region]

    def zappa(self, command: str, stage: str, *options: str, **environment: str) -> int:
        """Run the command as a shell would; its exit status."""
        region = self.settings[stage].get("aws_region", "us-east-1")
        outputs = self.folder / f"outputs-{stage}.json"
        (self.folder / "zappa_settings.json").write_text(json.dumps(self.settings))
        exported = {
            **self.aws.environment(),
            "AWS_DEFAULT_REGION": region,
            "DEPLOY_OUTPUTS": str(outputs),
            **environment,
        }
        cli = ZappaCLI()
        with (
            mock.patch.dict(os.environ, exported),
            mock.patch.object(Session, "create_client", self._noting(Session.create_client)),
        ):
            try:
                cli.handle([command, stage, *options])
            except SystemExit as stopped:
                return int(stopped.code or 0)
            finally:
                cli.on_exit()
        return 0

    def _noting(self, create_client: Any) -> Any:
        def noting(session: Any, *arguments: Any, **options: Any) -> Any:
            made = create_client(session, *arguments, **options)
            made.meta.events.register("before-call", self._note)
            return made

        return noting

    def _note(self, model: Any, **_: Any) -> None:
        self.actions.add(action(model))

    def give_outputs(self, *stages: str, into: str, environment: str, **changes: Any) -> None:
        """Terraform's output for these stages, as `DEPLOY_OUTPUTS` of the stage `into`."""
        region = self.settings[into].get("aws_region", "us-east-1")
        suffix = "" if region == "us-east-1" else "-usw2"
        names = {stage: f"{PROJECT}-{stage.replace('_', '-')}" for stage in stages}
        outputs = {
            stage: {
                "environment": environment,
                "account_id": ACCOUNT,
                "aws_region": region,
                "function_name": name,
                "role_name": f"{name}-execution{suffix}",
                "vpc_config": self._network(region),
                "aws_environment_variables": {"DATABASE_URL": url(environment, region)},
                "permissions": [connect(environment, region)],
                "lambda_concurrency": None,
                "throttling": None,
                **changes,
            }
            for stage, name in names.items()
        }
        (self.folder / f"outputs-{into}.json").write_text(json.dumps(outputs))

    def _network(self, region: str) -> dict[str, list[str]]:
        if region not in self.network:
            ec2 = self.client("ec2", region)
            vpc = ec2.create_vpc(CidrBlock="10.42.0.0/16")["Vpc"]["VpcId"]
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.42.0.0/24")["Subnet"]["SubnetId"]
            group = ec2.create_security_group(VpcId=vpc, GroupName="f", Description="f")["GroupId"]
            self.network[region] = {"SubnetIds": [subnet], "SecurityGroupIds": [group]}
        found: dict[str, list[str]] = self.network[region]
        return found


def action(model: Any) -> str:
    """What IAM calls an operation of botocore's."""
    service = model.service_model.service_name
    if service in {"apigateway", "apigatewayv2"}:
        return f"apigateway:{model.http['method']}"
    return f"{service}:{IAM_NAMES.get(model.name, model.name)}"


def url(environment: str, region: str) -> str:
    cluster = f"{environment}{region}".replace("-", "").ljust(26, "x")
    return f"dsql://lambda_dsql_user@{cluster}.dsql.{region}.on.aws:5432/postgres?schema=cars"


def package(cli: Any) -> None:
    """An archive for AWS to keep; nobody runs it."""
    cli.zip_path = f"{cli.lambda_name}.zip"
    with zipfile.ZipFile(cli.zip_path, "w") as archive:
        archive.writestr("handler.py", "")


def no_pause(_: float) -> None:
    pass


def connect(environment: str, region: str) -> dict[str, Any]:
    arn = f"arn:aws:dsql:{region}:{ACCOUNT}:cluster/{environment}"
    return {"Effect": "Allow", "Action": ["dsql:DbConnect"], "Resource": [arn]}


@contextmanager
def running_cloud(folder: Path) -> Iterator[Cloud]:
    """An empty AWS, with the project's own stages in the settings."""
    settings = json.loads((ROOT / "zappa_settings.json").read_text())
    (folder / POLICY).parent.mkdir(parents=True)
    (folder / POLICY).write_text((ROOT / POLICY).read_text())
    here = Path.cwd()
    with (
        running_aws(folder) as aws,
        # A session reads what AWS's services can do again and again.
        mock.patch.object(boto3, "Session", cache(boto3.Session)),
        mock.patch.object(ZappaCLI, "create_package", package),
        mock.patch.object(build, "rebuild"),
        mock.patch.object(ZappaCLI, "check_for_update"),
        # It waits three seconds for each stack, which moto makes at once.
        mock.patch.object(zappa.core, "time", SimpleNamespace(time=time.time, sleep=no_pause)),
    ):
        os.chdir(folder)
        try:
            yield Cloud(aws, folder, settings)
        finally:
            os.chdir(here)
