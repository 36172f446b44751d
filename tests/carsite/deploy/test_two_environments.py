"""Two environments, and two regions, in one account: nobody changes what is another's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from carsite.deploy import outputs, policy
from tests.carsite.deploy.cloud import PROJECT, Cloud, running_cloud

pytestmark = pytest.mark.timeout(900)

# The default environment's, another environment's, and the first one's namesake in another region.
STAGES = {
    "dsql": ("default", "us-east-1"),
    "dsql_staging": ("staging", "us-east-1"),
    "dsql_west": ("west", "us-west-2"),
}
# A REST API or an HTTP API.
GATEWAYS = {"dsql": "v1", "dsql_staging": "v1", "dsql_west": "v2"}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """All stages deployed."""
    with running_cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        for stage, (environment, region) in STAGES.items():
            if stage != "dsql":
                cloud.settings[stage] = {
                    "extends": "dsql",
                    "aws_region": region,
                    "apigateway_version": GATEWAYS[stage],
                }
            cloud.give_outputs(stage, into=stage, environment=environment)
            assert cloud.zappa("deploy", stage) == 0
        yield cloud


def everything(cloud: Cloud, stage: str) -> dict[str, Any]:
    """All that AWS has of a stage: function, variables, role, policy, logs, API and stack."""
    region = STAGES[stage][1]
    name = f"{PROJECT}-{stage.replace('_', '-')}"
    iam = cloud.client("iam")
    function = cloud.client("lambda", region).get_function(FunctionName=name)["Configuration"]
    role = function["Role"].rpartition("/")[2]
    logs = cloud.client("logs", region)
    stacks = cloud.client("cloudformation", region).describe_stacks(StackName=name)["Stacks"]
    found = {
        "function": function,
        "role": iam.get_role(RoleName=role)["Role"],
        "policies": {
            policy: iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]
        },
        "logs": logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"],
        **own_api(cloud, stage, name),
        "stack": stacks[0]["StackId"],
    }
    return dict(json.loads(json.dumps(found, default=str)))


def own_api(cloud: Cloud, stage: str, name: str) -> dict[str, Any]:
    """The API of that name, and its stages."""
    if GATEWAYS[stage] == "v1":
        gateway = cloud.client("apigateway", STAGES[stage][1])
        (api,) = [each for each in gateway.get_rest_apis()["items"] if each["name"] == name]
        return {"api": api, "stages": gateway.get_stages(restApiId=api["id"])["item"]}
    gateway = cloud.client("apigatewayv2", STAGES[stage][1])
    (api,) = [each for each in gateway.get_apis()["Items"] if each["Name"] == name]
    routes = gateway.get_routes(ApiId=api["ApiId"])["Items"]
    integrations = gateway.get_integrations(ApiId=api["ApiId"])["Items"]
    stages = gateway.get_stages(ApiId=api["ApiId"])["Items"]
    return {"api": api, "routes": routes, "integrations": integrations, "stages": stages}


def others(stage: str) -> list[str]:
    return [each for each in STAGES if each != stage]


def test_each_has_its_own_names_and_its_own_database(cloud: Cloud) -> None:
    found = {stage: everything(cloud, stage) for stage in STAGES}
    for kind in ("FunctionName", "Role"):
        assert len({each["function"][kind] for each in found.values()}) == len(STAGES)
    assert found["dsql_west"]["function"]["Role"].endswith("-dsql-west-execution-usw2")
    hosts = {
        each["function"]["Environment"]["Variables"]["DATABASE_URL"] for each in found.values()
    }
    assert len(hosts) == len(STAGES)
    for stage, (environment, region) in STAGES.items():
        policy = json.dumps(found[stage]["policies"])
        assert f":{region}:" in policy
        assert f"cluster/{environment}" in policy
        assert not [other for other in others(stage) if f"cluster/{STAGES[other][0]}" in policy]


def test_an_http_api_passes_everything_on_to_its_function(cloud: Cloud) -> None:
    found = everything(cloud, "dsql_west")
    assert found["api"]["ProtocolType"] == "HTTP"
    assert [route["RouteKey"] for route in found["routes"]] == ["$default"]
    (integration,) = found["integrations"]
    assert integration["IntegrationUri"] == found["function"]["FunctionArn"]
    assert integration["PayloadFormatVersion"] == "2.0"
    assert [each["StageName"] for each in found["stages"]] == ["dsql_west"]


@pytest.mark.parametrize("stage", STAGES)
def test_updating_one_leaves_the_others_as_they_are(cloud: Cloud, stage: str) -> None:
    before = {other: everything(cloud, other) for other in others(stage)}
    own = everything(cloud, stage)
    assert cloud.zappa("update", stage) == 0
    assert {other: everything(cloud, other) for other in others(stage)} == before
    after = everything(cloud, stage)
    for kind in ("role", "policies", "logs", "stack"):
        assert after[kind] == own[kind]
    assert after["function"]["Environment"] == own["function"]["Environment"]


def test_the_outputs_of_another_environment_change_nothing(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {stage: everything(cloud, stage) for stage in STAGES}
    other = str(cloud.folder / "outputs-dsql_staging.json")
    assert cloud.zappa("update", "dsql", DEPLOY_OUTPUTS=other) == 1
    printed = "".join(capsys.readouterr())
    assert "has no stage 'dsql', only ['dsql_staging']" in printed
    assert "the outputs of the environment 'staging', and the stage is of 'default'" in printed
    assert {stage: everything(cloud, stage) for stage in STAGES} == before


def test_a_region_of_the_shell_that_is_not_the_stages_changes_nothing(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {stage: everything(cloud, stage) for stage in STAGES}
    options = ("--yes", "--remove-logs")
    assert cloud.zappa("undeploy", "dsql_west", *options, AWS_DEFAULT_REGION="us-east-1") == 1
    assert "AWS_DEFAULT_REGION is us-east-1" in "".join(capsys.readouterr())
    assert {stage: everything(cloud, stage) for stage in STAGES} == before


def test_no_bucket_stays_behind(cloud: Cloud) -> None:
    assert cloud.client("s3").list_buckets()["Buckets"] == []


def test_undeploying_one_leaves_the_others_as_they_are(cloud: Cloud) -> None:
    remaining = list(STAGES)
    for stage in list(STAGES)[:2]:
        remaining.remove(stage)
        before = {other: everything(cloud, other) for other in remaining}
        assert cloud.zappa("undeploy", stage, "--yes", "--remove-logs") == 0
        assert {other: everything(cloud, other) for other in remaining} == before


def test_whatever_was_called_the_deploy_policy_allows(cloud: Cloud) -> None:
    """Of each test above that ran, the deploy of all stages at least."""
    stage = json.loads((cloud.folder / "outputs-dsql.json").read_text())["dsql"]
    document = policy.policy({"dsql": outputs.Outputs(**stage)})
    allowed = {action for each in document["Statement"] for action in each["Action"]}
    unneeded = {"sts:GetCallerIdentity"}  # anyone may
    assert cloud.actions - unneeded <= allowed
    assert "lambda:CreateFunction" in cloud.actions
