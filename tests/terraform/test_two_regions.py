"""A DSQL cluster in two regions, applied, deployed to from one checkout, and destroyed.

tests/rig/linked_clusters.py says what of linked clusters moto does not know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.carsite.deploy.cloud import PROJECT, Cloud, running_cloud
from tests.terraform import aws, tfvars
from tests.terraform.cli import Terraform

pytestmark = [pytest.mark.xdist_group("two-regions-apply"), pytest.mark.timeout(1800)]

REGIONS = {"dsql": "us-east-1", "dsql_peer": "us-east-2"}
WITNESS = "us-west-2"


@dataclass
class Life:
    """What was seen from the first apply to the end, by stage or by region."""

    outputs: dict[str, Any]
    second_plan: str
    refused: str
    clusters: dict[str, dict[str, Any]]
    endpoints: dict[str, list[dict[str, Any]]]
    groups: dict[str, list[dict[str, Any]]]
    functions: dict[str, dict[str, Any]]
    policies: dict[str, str]
    apis: dict[str, list[str]]
    left: dict[str, Any] = field(default_factory=dict)


def look(outputs: dict[str, Any], second_plan: str, refused: str, cloud: Cloud) -> Life:
    """Read everything back from AWS, not from Terraform or Zappa."""

    def each(read: Callable[[str, str], Any]) -> dict[str, Any]:
        return {stage: read(stage, region) for stage, region in REGIONS.items()}

    def cluster(_: str, region: str) -> Any:
        dsql = cloud.client("dsql", region)
        (only,) = dsql.list_clusters()["clusters"]
        return dsql.get_cluster(identifier=only["identifier"])

    def policy(stage: str, _: str) -> str:
        found = cloud.client("iam").get_role_policy(
            RoleName=outputs["zappa"][stage]["role_name"], PolicyName="zappa-permissions"
        )
        return json.dumps(found["PolicyDocument"])

    def function(stage: str, region: str) -> Any:
        name = f"{PROJECT}-{stage.replace('_', '-')}"
        return cloud.client("lambda", region).get_function_configuration(FunctionName=name)

    def apis(_: str, region: str) -> list[str]:
        found = cloud.client("apigateway", region).get_rest_apis()["items"]
        return [api["name"] for api in found]

    def ec2(kind: str) -> Callable[[str, str], Any]:
        return lambda _, region: getattr(cloud.client("ec2", region), f"describe_{kind}")()

    endpoints, groups = each(ec2("vpc_endpoints")), each(ec2("security_groups"))
    return Life(
        outputs,
        second_plan,
        refused,
        clusters=each(cluster),
        endpoints={stage: found["VpcEndpoints"] for stage, found in endpoints.items()},
        groups={stage: found["SecurityGroups"] for stage, found in groups.items()},
        functions=each(function),
        policies=each(policy),
        apis=each(apis),
    )


@pytest.fixture(scope="module")
def life(
    make_terraform: Callable[..., Terraform], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Life]:
    from tests.terraform.corrections import corrected  # why here: tests/terraform/aws.py

    with corrected(), running_cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        directory = tmp_path_factory.mktemp("two-regions")
        terraform = make_terraform(directory, AWS_ENDPOINT_URL=cloud.aws.url, **aws.CREDENTIALS)
        (directory / "terraform.tfvars").write_text(tfvars.guide(**tfvars.TWO_REGIONS))
        terraform.run("apply", "-auto-approve")
        outputs = terraform.outputs()
        second_plan = terraform.run("plan", "-detailed-exitcode")
        (directory / "terraform.tfvars").write_text(tfvars.guide(**tfvars.ONE_REGION))
        refused = terraform.run("plan", expect=1)
        (directory / "terraform.tfvars").write_text(tfvars.guide(**tfvars.TWO_REGIONS))
        cloud.settings["dsql_peer"] = {"extends": "dsql", "aws_region": "us-east-2"}
        for stage in REGIONS:
            (cloud.folder / f"outputs-{stage}.json").write_text(json.dumps(outputs["zappa"]))
            assert cloud.zappa("deploy", stage, DJANGO_SECRET_KEY="k" * 60) == 0
        life = look(outputs, second_plan, refused, cloud)
        for stage in REGIONS:
            assert cloud.zappa("undeploy", stage, "--yes", "--remove-logs") == 0
        terraform.run("destroy", "-auto-approve")
        life.left = {region: aws.leftovers(cloud.aws.url, region) for region in REGIONS.values()}
        yield life


def test_the_clusters_are_linked_to_each_other_by_way_of_the_witness(life: Life) -> None:
    arns = sorted(cluster["arn"] for cluster in life.clusters.values())
    for stage, cluster in life.clusters.items():
        assert cluster["status"] == "ACTIVE"
        assert sorted(cluster["multiRegionProperties"]["clusters"]) == arns
        assert cluster["multiRegionProperties"]["witnessRegion"] == WITNESS
        assert f":{REGIONS[stage]}:" in cluster["arn"]


def test_second_plan_is_empty(life: Life) -> None:
    assert "No changes. Your infrastructure matches the configuration." in life.second_plan


def test_leaving_a_region_is_refused_once_and_its_steps_are_named(life: Life) -> None:
    assert life.refused.count("Error: ") == 1
    assert "docs/two-regions.md has the steps" in " ".join(life.refused.split())


def test_each_region_has_an_endpoint_that_its_function_alone_may_use(life: Life) -> None:
    for stage in REGIONS:
        (endpoint,) = [
            each for each in life.endpoints[stage] if each["VpcEndpointType"] == "Interface"
        ]
        (guard,) = [group["GroupId"] for group in endpoint["Groups"]]
        (group,) = [each for each in life.groups[stage] if each["GroupId"] == guard]
        allowed = [
            pair["GroupId"] for rule in group["IpPermissions"] for pair in rule["UserIdGroupPairs"]
        ]
        function = life.functions[stage]["VpcConfig"]
        assert allowed == function["SecurityGroupIds"]
        assert set(endpoint["SubnetIds"]) <= set(function["SubnetIds"])


def test_outputs_name_the_clusters_that_exist(life: Life) -> None:
    for stage, names in {"dsql": "aurora_dsql", "dsql_peer": "aurora_dsql_peer"}.items():
        identifier = life.clusters[stage]["identifier"]
        assert life.outputs[f"{names}_cluster_resource_id"] == identifier
        assert life.outputs[f"{names}_host"].startswith(f"{identifier}.dsql-")
        assert life.outputs[f"{names}_host"].endswith(f".{REGIONS[stage]}.on.aws")
        assert life.outputs[f"{names}_public_host"] == f"{identifier}.dsql.{REGIONS[stage]}.on.aws"
        assert life.outputs[f"{names}_endpoint"].startswith("vpce-")


def test_each_function_connects_to_the_endpoint_of_its_region_and_may_to_no_other(
    life: Life,
) -> None:
    for stage, other in (("dsql", "dsql_peer"), ("dsql_peer", "dsql")):
        own, others = (life.clusters[each]["arn"] for each in (stage, other))
        url = life.functions[stage]["Environment"]["Variables"]["DATABASE_URL"]
        assert f"@{life.clusters[stage]['identifier']}.dsql-" in url
        assert own in life.policies[stage]
        assert others not in life.policies[stage]


def test_both_functions_have_one_secret_key_and_an_api_each(life: Life) -> None:
    keys = {
        each["Environment"]["Variables"]["DJANGO_SECRET_KEY"] for each in life.functions.values()
    }
    assert keys == {"k" * 60}
    assert life.apis == {"dsql": [f"{PROJECT}-dsql"], "dsql_peer": [f"{PROJECT}-dsql-peer"]}


def test_the_second_regions_role_is_its_own(life: Life) -> None:
    roles = {stage: each["Role"].rpartition("/")[2] for stage, each in life.functions.items()}
    assert roles == {
        "dsql": f"{PROJECT}-dsql-execution",
        "dsql_peer": f"{PROJECT}-dsql-peer-execution-use2",
    }
    assert aws.ACCOUNT in life.functions["dsql"]["Role"]


def test_destroy_leaves_nothing(life: Life) -> None:
    assert life.left == {region: {} for region in REGIONS.values()}
