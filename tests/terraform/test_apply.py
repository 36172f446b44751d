"""The guide's tfvars, planned, applied, read, planned again and destroyed, with either engine.

Both at once, in two regions of one account: each apply and destroy waits for Aurora in fixed steps
of 30 s, whatever the machine, and one worker that waits is enough.
"""

import re
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.terraform import aws, tfvars
from tests.terraform.cli import Terraform
from tests.terraform.provider import running_provider

pytestmark = [pytest.mark.xdist_group("terraform-apply"), pytest.mark.timeout(1800)]

REGIONS = {"dsql": aws.REGION, "aurora-postgresql": "us-west-2"}
ON_AURORA = {
    "aws_region": '"us-west-2"',
    "aurora_dsql_engine": '"aurora-postgresql"',
    "aurora_dsql_instance_class": '"db.t4g.medium"',
    "allowed_cidr_blocks": '["203.0.113.7/32"]',
}


@dataclass
class Life:
    """What was seen from the first plan to the end; `files` are those that Terraform wrote."""

    engine: str
    outputs: dict[str, Any]
    clusters: dict[str, dict[str, Any]]
    endpoint_zones: list[str]
    passwords_at_aws: list[str]
    second_plan: str
    files: dict[str, bytes]
    left: dict[str, list[str]]

    @property
    def region(self) -> str:
        """Where everything was made."""
        return REGIONS[self.engine]

    @property
    def dsql_url(self) -> str:
        """DATABASE_URL of the stage `dsql`."""
        return str(self.outputs["zappa"]["dsql"]["aws_environment_variables"]["DATABASE_URL"])


def files_written(terraform: Terraform) -> dict[str, bytes]:
    """Read every file that Terraform wrote, plan archives by member, and what it printed."""
    found = {"standard output and error": terraform.log.encode()}
    for path in terraform.directory.glob("*"):
        if path.is_dir() or path.suffix in {".tf", ".tfvars", ".example"}:
            continue
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found |= {f"{path.name}/{name}": archive.read(name) for name in archive.namelist()}
        else:
            found[path.name] = path.read_bytes()
    return found


def live(terraform: Terraform, engine: str, url: str) -> Life:
    """Run the guide's commands and keep what they left at each step."""
    from moto.rds.models import rds_backends  # why here: tests/terraform/aws.py

    terraform.run("plan", "-out=guide.tfplan")
    terraform.run("apply", "guide.tfplan")
    outputs = terraform.outputs()
    region = REGIONS[engine]
    clusters = aws.client("rds", url, region).describe_db_clusters()["DBClusters"]
    backend = rds_backends[aws.ACCOUNT][region]
    # As in AWS, no call reads a password back; moto's own attribute does.
    passwords = [cluster._master_user_password for cluster in backend.clusters.values()]
    zones = aws.endpoint_zones(url, region)
    second_plan = terraform.run("plan", "-detailed-exitcode")
    terraform.run("destroy", "-auto-approve")
    return Life(
        engine=engine,
        outputs=outputs,
        clusters={cluster["DBClusterIdentifier"]: cluster for cluster in clusters},
        endpoint_zones=zones,
        passwords_at_aws=sorted(passwords),
        second_plan=second_plan,
        files=files_written(terraform),
        left=aws.leftovers(url, region),
    )


@pytest.fixture(scope="module")
def lives(
    make_terraform: Callable[..., Terraform],
    tmp_path_factory: pytest.TempPathFactory,
    aws_url: str,
) -> dict[str, Life]:
    """A life of each engine, at the same time."""

    def begin(engine: str) -> Life:
        directory = tmp_path_factory.mktemp(engine)
        terraform = make_terraform(
            directory,
            AWS_ENDPOINT_URL=aws_url,
            TF_LOG="INFO",
            TF_LOG_PATH=str(directory / "terraform.log"),
            **aws.CREDENTIALS,
        )
        changes = ON_AURORA if engine == "aurora-postgresql" else {}
        (directory / "terraform.tfvars").write_text(tfvars.guide(**changes))
        with running_provider(terraform.env) as terraform.env:
            return live(terraform, engine, aws_url)

    with ThreadPoolExecutor(len(REGIONS)) as threads:
        return dict(zip(REGIONS, threads.map(begin, REGIONS), strict=True))


@pytest.fixture(params=REGIONS)
def life(request: pytest.FixtureRequest, lives: dict[str, Life]) -> Life:
    return lives[request.param]


def test_second_plan_is_empty(life: Life) -> None:
    assert "No changes. Your infrastructure matches the configuration." in life.second_plan


def test_destroy_leaves_nothing(life: Life) -> None:
    assert life.left == {}


def test_outputs_have_the_guides_names_and_shapes(life: Life) -> None:
    resource_id, host, endpoint = {
        "dsql": (
            r"[a-z0-9]{26}",
            r"[a-z0-9]{26}\.dsql-\w{4}\.us-east-1\.on\.aws",
            # moto ends the name in another order than AWS; the mocked tests have AWS's.
            r"vpce-[0-9a-f]{17}-\w{8}\..*dsql-\w{4}.*",
        ),
        "aurora-postgresql": (
            r"cluster-[A-Z0-9]{26}",
            r"producer-api-aurora-dsql-cluster\.cluster-\w+\.us-west-2\.rds\.amazonaws\.com",
            r"producer-api-aurora-dsql-cluster\.cluster-\w+\.us-west-2\.rds\.amazonaws\.com",
        ),
    }[life.engine]

    assert re.fullmatch(resource_id, life.outputs["aurora_dsql_cluster_resource_id"])
    assert re.fullmatch(host, life.outputs["aurora_dsql_host"])
    assert re.fullmatch(endpoint, life.outputs["aurora_dsql_endpoint"])
    assert life.outputs["aurora_dsql_port"] == 5432


def test_outputs_name_the_clusters_that_exist(life: Life) -> None:
    regular = life.clusters["producer-api-aurora-cluster"]
    assert life.outputs["aurora_endpoint"] == regular["Endpoint"]
    assert life.outputs["aurora_cluster_resource_id"] == regular["DbClusterResourceId"]
    if life.engine == "aurora-postgresql":
        second = life.clusters["producer-api-aurora-dsql-cluster"]
        assert life.outputs["aurora_dsql_host"] == second["Endpoint"]
        assert life.outputs["aurora_dsql_cluster_resource_id"] == second["DbClusterResourceId"]
        assert second["IAMDatabaseAuthenticationEnabled"]


def test_endpoint_of_dsql_is_in_the_first_zone_that_its_service_has(life: Life) -> None:
    assert life.endpoint_zones == (
        [f"{life.region}{aws.DSQL_ZONES[0]}"] if life.engine == "dsql" else []
    )


def test_clusters_are_encrypted_and_backed_up(life: Life) -> None:
    for cluster in life.clusters.values():
        assert cluster["StorageEncrypted"]
        assert cluster["BackupRetentionPeriod"] == 3


def test_zappa_output_has_what_both_stages_need(life: Life) -> None:
    host, resource_id = (
        life.outputs[f"aurora_dsql_{name}"] for name in ("host", "cluster_resource_id")
    )
    url, action, resource = {
        "dsql": (
            f"dsql://lambda_dsql_user@{host}:5432/postgres?schema=car_entities",
            "dsql:DbConnect",
            f"arn:aws:dsql:us-east-1:{aws.ACCOUNT}:cluster/{resource_id}",
        ),
        "aurora-postgresql": (
            f"rds-iam://lambda_dsql_user@{host}:5432/car_entities",
            "rds-db:connect",
            f"arn:aws:rds-db:us-west-2:{aws.ACCOUNT}:dbuser:{resource_id}/lambda_dsql_user",
        ),
    }[life.engine]
    stages = life.outputs["zappa"]

    assert set(stages) == {"regular", "dsql"}
    assert life.dsql_url == url
    assert stages["dsql"]["permissions"] == [
        {"Effect": "Allow", "Action": [action], "Resource": [resource]}
    ]
    assert stages["regular"]["permissions"] == []
    assert stages["regular"]["aws_environment_variables"] == {
        "DATABASE_URL": f"postgresql://postgres@{life.outputs['aurora_endpoint']}:5432/car_entities"
    }


def test_both_stages_are_in_private_subnets_with_a_group_of_their_own(life: Life) -> None:
    regular, dsql = (life.outputs["zappa"][stage]["vpc_config"] for stage in ("regular", "dsql"))

    assert regular["SubnetIds"] == dsql["SubnetIds"]
    assert len(regular["SubnetIds"]) == 2
    assert regular["SecurityGroupIds"] != dsql["SecurityGroupIds"]


def test_passwords_reach_aws_and_no_file(life: Life) -> None:
    given = [tfvars.REGULAR_PASSWORD, tfvars.DSQL_PASSWORD]

    assert life.passwords_at_aws == (given if life.engine == "aurora-postgresql" else given[:1])
    assert {"terraform.tfstate.backup", "terraform.log", "guide.tfplan/tfplan"} <= set(life.files)
    assert [name for name, content in life.files.items() if b"Planted-4711" in content] == []


def test_what_dsql_ignores_is_said_and_the_rest_is_silent(life: Life) -> None:
    warned = set(re.findall(r'in check "(\w+)"', life.second_plan))

    assert warned == (
        {
            "dsql_mode_ignores_instance_settings",
            "dsql_mode_ignores_public_access",
            "dsql_mode_ignores_the_administrator",
        }
        if life.engine == "dsql"
        else set()
    )
