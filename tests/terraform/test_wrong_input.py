"""Input that AWS would refuse, or worse accept: the plan names the remedy."""

from collections.abc import Callable

import pytest

from tests.terraform import aws, tfvars
from tests.terraform.cli import Terraform

pytestmark = pytest.mark.timeout(300)

ON_AURORA = {
    "aurora_dsql_engine": '"aurora-postgresql"',
    "aurora_dsql_instance_class": None,
    "aurora_dsql_publicly_accessible": "false",
}


@pytest.fixture(scope="module")
def terraform(
    make_terraform: Callable[..., Terraform],
    tmp_path_factory: pytest.TempPathFactory,
    aws_url: str,
) -> Terraform:
    directory = tmp_path_factory.mktemp("input")
    return make_terraform(directory, AWS_ENDPOINT_URL=aws_url, **aws.CREDENTIALS)


def refusal(terraform: Terraform, **changes: str | None) -> str:
    """Plan the guide's block with `changes`, which must fail; return the message unwrapped."""
    (terraform.directory / "terraform.tfvars").write_text(tfvars.guide(**changes))
    return " ".join(terraform.run("plan", expect=1).split())


def test_placeholder_resource_id_is_to_be_deleted(terraform: Terraform) -> None:
    message = refusal(terraform, aurora_dsql_cluster_resource_id='"cluster-xxxxx"')

    assert 'the guide\'s placeholder "cluster-xxxxx": delete the line' in message
    assert message.count("Error: ") == 1


def test_public_cluster_without_addresses_asks_for_them(terraform: Terraform) -> None:
    message = refusal(terraform, **ON_AURORA | {"aurora_dsql_publicly_accessible": "true"})

    assert "producer-api-aurora-dsql-cluster is publicly accessible and nobody may conn" in message
    assert (
        'set allowed_cidr_blocks to the addresses that may, such as ["203.0.113.7/32"]' in message
    )


def test_the_whole_internet_is_no_address(terraform: Terraform) -> None:
    message = refusal(terraform, **ON_AURORA | {"allowed_cidr_blocks": '["0.0.0.0/0"]'})

    assert 'allowed_cidr_blocks is ["0.0.0.0/0"] and would open the databases' in message
    assert "name the addresses that need to connect" in message


def test_class_of_the_guide_names_what_to_use_on_aurora(terraform: Terraform) -> None:
    message = refusal(terraform, **ON_AURORA | {"aurora_dsql_instance_class": '"db.t3.small"'})

    assert (
        'aurora_dsql_instance_class is "db.t3.small", which Aurora PostgreSQL does not' in message
    )
    assert "use db.t4g.medium" in message


def test_bad_class_of_the_regular_cluster_is_refused_with_either_engine(
    terraform: Terraform,
) -> None:
    message = refusal(terraform, aurora_instance_class='"db.t3.micro"')

    assert 'aurora_instance_class is "db.t3.micro"' in message
    assert "use db.t4g.medium" in message


def test_missing_password_names_its_variable_and_the_switch(terraform: Terraform) -> None:
    message = refusal(terraform, database_password=None)

    assert "The regular cluster has no password: set database_password" in message
    assert "or manage_master_passwords = true" in message


def test_missing_second_password_is_missed_on_aurora_only(terraform: Terraform) -> None:
    message = refusal(terraform, **ON_AURORA | {"aurora_dsql_database_password": None})

    assert "The second Aurora cluster has no password: set aurora_dsql_database_password" in message


@pytest.mark.parametrize(
    "password", ["YOUR_PASSWORD", "short", "pass@word/with-signs", "a1b2c3" * 7]
)
def test_bad_password_is_refused_without_being_printed(terraform: Terraform, password: str) -> None:
    message = refusal(terraform, database_password=f'"{password}"')

    assert "The password of producer-api-aurora-cluster must be one of your own, 8 to" in message
    assert password not in message.replace('!= "YOUR_PASSWORD"', "")


def test_zones_of_another_region_are_a_mismatch(terraform: Terraform) -> None:
    message = refusal(terraform, aws_region='"eu-west-1"', availability_zones='["us-east-1a"]')

    assert "Region mismatch:" in message
    assert 'availability_zones ["us-east-1a"] are not all zones of aws_region eu-west-1' in message


def test_production_keeps_its_deletion_protection(terraform: Terraform) -> None:
    message = refusal(terraform, environment='"production"', deletion_protection="false")

    assert "Production without deletion protection" in message
    assert 'first apply with environment = "staging"' in message
