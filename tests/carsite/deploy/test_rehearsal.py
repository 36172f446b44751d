"""Both stages deployed, updated, used and taken down, on an AWS that is this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.rig.moto_aws import Aws, running_aws
from tests.rig.postgresql import PostgreSQL
from tests.rig.project_copy import PLANTED, Project, copy
from tests.rig.services import Rig, iam_door, password_door

# Each deploy builds an archive, so this takes minutes. The update is given one that the run has
# built already; that Zappa builds and uploads one for it, test_two_environments.py sees.
pytestmark = [pytest.mark.xdist_group("rehearsal"), pytest.mark.timeout(1800)]

NAME = "producer-api-python-rest-lambda"
STAGES = ("regular", "dsql")
CONNECT = {
    "Effect": "Allow",
    "Action": ["rds-db:connect"],
    "Resource": ["arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-ABC/lambda_dsql_user"],
}
PASSWORD = "p@ss/w:rd?#%25 &+é"


@dataclass
class Rehearsal:
    """What was deployed where, and everything that was printed on the way."""

    aws: Aws
    project: Project
    built: Path  # an archive of the stage `regular`
    network: dict[str, list[str]]
    environment: dict[str, str]
    printed: list[str] = field(default_factory=list)

    def zappa(self, *arguments: str, **environment: str) -> CompletedProcess[str]:
        done = self.project.zappa(*arguments, environment={**self.environment, **environment})
        self.printed.append(done.stdout + done.stderr)
        return done

    def succeed(self, *arguments: str, **environment: str) -> str:
        done = self.zappa(*arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def configuration(self, stage: str) -> dict[str, Any]:
        found: dict[str, Any] = self.aws.client("lambda").get_function_configuration(
            FunctionName=f"{NAME}-{stage}"
        )
        return found

    def variables(self, stage: str) -> dict[str, str]:
        found: dict[str, str] = self.configuration(stage)["Environment"]["Variables"]
        return found


def network(aws: Aws) -> dict[str, list[str]]:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.42.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.42.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="functions", Description="functions")
    return {"SubnetIds": [subnet], "SecurityGroupIds": [group["GroupId"]]}


@pytest.fixture(scope="module")
def rehearsal(
    rig: Rig, postgresql: PostgreSQL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsal]:
    """Both stages deployed, as the README says, with the database's password in the environment."""
    folder = tmp_path_factory.mktemp("rehearsal")
    own = Rig(folder, lambda: postgresql)
    postgresql.execute(f"CREATE ROLE rehearsal LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    with (
        running_aws(folder) as aws,
        password_door(own, "rehearsal_regular") as (regular, _),
        iam_door(own, "rehearsal_dsql") as (dsql, _, _),
    ):
        there = network(aws)
        urls = {"regular": without_password(regular, postgresql), "dsql": dsql}
        outputs = {
            stage: {
                "environment": "default",
                "account_id": "123456789012",
                "aws_region": "us-east-1",
                "function_name": f"{NAME}-{stage}",
                "role_name": f"{NAME}-{stage}-execution",
                "vpc_config": there,
                "aws_environment_variables": {"DATABASE_URL": urls[stage]},
                "permissions": [CONNECT] if stage == "dsql" else [],
                "lambda_concurrency": 320 if stage == "regular" else None,
                "throttling": None,
            }
            for stage in STAGES
        }
        file = folder / "outputs.json"
        file.write_text(json.dumps(outputs))
        rehearsal = Rehearsal(
            aws,
            copy(folder / "project"),
            rig.package("regular").archive,
            there,
            {**aws.environment(), "DEPLOY_OUTPUTS": str(file), "UNRELATED": PLANTED},
        )
        rehearsal.succeed("deploy", "regular", TF_VAR_database_password=PASSWORD)
        rehearsal.succeed("deploy", "dsql", DJANGO_SECRET_KEY=f"{PLANTED}-key-{'x' * 50}")
        yield rehearsal


def without_password(url: str, server: PostgreSQL) -> str:
    return url.replace(f"//{server.user}:{server.password}@", "//rehearsal@")


@pytest.mark.parametrize("stage", STAGES)
def test_the_function_is_as_the_settings_say(rehearsal: Rehearsal, stage: str) -> None:
    found = rehearsal.configuration(stage)
    assert found["FunctionName"] == f"{NAME}-{stage}"
    assert found["Handler"] == "carsite.lambda_handler.handler"
    assert (found["MemorySize"], found["Timeout"]) == (256, 30)
    client = rehearsal.aws.client("lambda")
    bound = client.get_function_concurrency(FunctionName=f"{NAME}-{stage}")
    assert bound.get("ReservedConcurrentExecutions") == {"regular": 320, "dsql": None}[stage]
    assert found["VpcConfig"]["SubnetIds"] == rehearsal.network["SubnetIds"]
    assert found["VpcConfig"]["SecurityGroupIds"] == rehearsal.network["SecurityGroupIds"]
    assert found["Role"].endswith(f":role/{NAME}-{stage}-execution")
    assert (
        found["Environment"]["Variables"]["DJANGO_SETTINGS_MODULE"] == f"carsite.settings.{stage}"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_the_role_may_do_exactly_what_is_needed(rehearsal: Rehearsal, stage: str) -> None:
    iam = rehearsal.aws.client("iam")
    role = f"{NAME}-{stage}-execution"
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["zappa-permissions"]
    policy = iam.get_role_policy(RoleName=role, PolicyName="zappa-permissions")["PolicyDocument"]
    allowed = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    actions = {action for each in allowed for action in each["Action"]}
    services = {"logs", "lambda", "ec2"} | ({"rds-db"} if stage == "dsql" else set())
    assert {action.partition(":")[0] for action in actions} == services
    assert not any("*" in action for action in actions)
    assert [each for each in allowed if "rds-db:connect" in each["Action"]] == (
        [CONNECT] if stage == "dsql" else []
    )


@pytest.mark.parametrize("stage", STAGES)
def test_the_gateway_is_regional_and_may_invoke_its_own_function_in_the_functions_role(
    rehearsal: Rehearsal, stage: str, tmp_path: Path
) -> None:
    """Read from Zappa's template: moto forgets what it says about endpoints."""
    file = tmp_path / "template.json"
    function = f"arn:aws:lambda:us-east-1:123456789012:function:{NAME}-{stage}"
    role = rehearsal.configuration(stage)["Role"]
    rehearsal.succeed("template", stage, "-l", function, "-r", role, "--output", str(file))
    resources = json.loads(file.read_text())["Resources"]
    api, method = resources["Api"]["Properties"], resources["ANY0"]["Properties"]
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert method["Integration"]["Credentials"] == role
    policy = rehearsal.aws.client("iam").get_role_policy(
        RoleName=f"{NAME}-{stage}-execution", PolicyName="zappa-permissions"
    )["PolicyDocument"]
    allowed = [each for each in policy["Statement"] if "lambda:InvokeFunction" in each["Action"]]
    # The function, and what SnapStart and provisioned concurrency invoke: its aliases.
    own = f"arn:aws:lambda:us-east-1:*:function:{NAME}-{stage}"
    assert [each["Resource"] for each in allowed] == [[own, f"{own}:*"]]
    trusted = rehearsal.aws.client("iam").get_role(RoleName=f"{NAME}-{stage}-execution")["Role"]
    services = trusted["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
    assert {"apigateway.amazonaws.com", "lambda.amazonaws.com"} <= set(services)


@pytest.mark.parametrize("stage", STAGES)
def test_logs_are_kept_for_a_day(rehearsal: Rehearsal, stage: str) -> None:
    name = f"/aws/lambda/{NAME}-{stage}"
    groups = rehearsal.aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert [(group["logGroupName"], group["retentionInDays"]) for group in groups] == [(name, 1)]


def test_the_gateways_pass_every_path_and_method_on(rehearsal: Rehearsal) -> None:
    gateway = rehearsal.aws.client("apigateway")
    apis = {api["name"]: api["id"] for api in gateway.get_rest_apis()["items"]}
    assert set(apis) == {f"{NAME}-{stage}" for stage in STAGES}
    for api in apis.values():
        resources = gateway.get_resources(restApiId=api)["items"]
        assert {each["path"] for each in resources} == {"/", "/{proxy+}"}
        assert all("ANY" in each["resourceMethods"] for each in resources)


def test_no_bucket_stays_behind(rehearsal: Rehearsal) -> None:
    assert rehearsal.aws.client("s3").list_buckets()["Buckets"] == []


def test_a_secret_key_is_made_once_and_given_keys_are_taken(rehearsal: Rehearsal) -> None:
    assert len(rehearsal.variables("regular")["DJANGO_SECRET_KEY"]) >= 50
    assert rehearsal.variables("dsql")["DJANGO_SECRET_KEY"].startswith(PLANTED)


@pytest.mark.parametrize("stage", STAGES)
def test_management_commands_run_inside_the_function(rehearsal: Rehearsal, stage: str) -> None:
    rehearsal.succeed("manage", stage, "migrate --no-color")
    assert "[X] 0001_initial" in rehearsal.succeed("manage", stage, "showmigrations cars")
    assert "round-trip" in rehearsal.succeed("manage", stage, "dbdoctor")
    url = f"https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/{stage}"
    assert "ok     pages" in rehearsal.succeed("manage", stage, f"verify {url}")
    done = rehearsal.zappa("manage", stage, "verify https://cars.example.com")
    assert done.returncode == 1
    assert "ALLOWED_HOSTS" in done.stdout + done.stderr


@pytest.mark.parametrize("stage", STAGES)
def test_a_command_that_fails_fails_for_the_caller_and_the_next_works(
    rehearsal: Rehearsal, stage: str
) -> None:
    done = rehearsal.zappa("manage", stage, "migrate nobody")
    assert done.returncode != 0
    assert "No installed app with label 'nobody'" in done.stdout + done.stderr
    assert "System check identified no issues" in rehearsal.succeed("manage", stage, "check")


def test_invoking_a_function_of_ours_works(rehearsal: Rehearsal) -> None:
    printed = rehearsal.succeed("invoke", "regular", "print(6 * 7)", "--raw")
    assert "42" in printed


def test_status_names_the_function(rehearsal: Rehearsal) -> None:
    assert f"{NAME}-regular" in rehearsal.succeed("status", "regular")


def test_an_update_keeps_what_it_was_not_given(rehearsal: Rehearsal) -> None:
    before = rehearsal.variables("regular")
    rehearsal.succeed("update", "regular", "--zip", str(rehearsal.built))
    assert rehearsal.variables("regular") == before
    assert rehearsal.aws.client("s3").list_buckets()["Buckets"] == []


def test_no_secret_is_printed_logged_or_left_on_the_disk(rehearsal: Rehearsal) -> None:
    secrets = [
        PLANTED,
        PASSWORD,
        rehearsal.variables("regular")["DATABASE_URL"].split(":")[2].split("@")[0],
        rehearsal.variables("regular")["DJANGO_SECRET_KEY"],
    ]
    seen = "\n".join(rehearsal.printed) + (rehearsal.aws.folder / "functions.log").read_text()
    assert not [secret for secret in secrets if secret in seen]
    assert not list(rehearsal.project.folder.glob("*.zip"))


@pytest.mark.parametrize("stage", STAGES)
def test_undeploying_leaves_what_the_documentation_says(rehearsal: Rehearsal, stage: str) -> None:
    rehearsal.succeed("undeploy", stage, "--yes", "--remove-logs", DEPLOY_OUTPUTS="/nowhere")
    client = rehearsal.aws.client
    names = [each["FunctionName"] for each in client("lambda").list_functions()["Functions"]]
    assert f"{NAME}-{stage}" not in names
    # moto deletes a stack and forgets the API in it.
    stacks = client("cloudformation").list_stacks()["StackSummaries"]
    states = {each["StackStatus"] for each in stacks if each["StackName"] == f"{NAME}-{stage}"}
    assert states == {"DELETE_COMPLETE"}
    prefix = f"/aws/lambda/{NAME}-{stage}"
    assert client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"] == []
    # The role stays: Zappa made it and leaves it to be deployed with again.
    client("iam").get_role(RoleName=f"{NAME}-{stage}-execution")
