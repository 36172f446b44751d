"""Input that AWS would refuse, or worse accept: the plan names the remedy.

A plan reports everything that is wrong at once, and takes Terraform several seconds of processor
time: so there are few plans here, each with many mistakes in it.
"""

from collections.abc import Callable, Iterator

import pytest

from tests.terraform import aws, tfvars
from tests.terraform.cli import Terraform
from tests.terraform.provider import running_provider

pytestmark = pytest.mark.timeout(1800)

ON_AURORA = {
    "aurora_dsql_engine": '"aurora-postgresql"',
    "aurora_dsql_instance_class": None,
    "aurora_dsql_publicly_accessible": "false",
}
REFUSED_PASSWORDS = ["YOUR_PASSWORD", "short", "pass@word/with-signs", "a1b2c3" * 7]

Refuse = Callable[..., list[str]]


@pytest.fixture(scope="module")
def refuse(
    make_terraform: Callable[..., Terraform],
    tmp_path_factory: pytest.TempPathFactory,
    aws_url: str,
) -> Iterator[Refuse]:
    """A function that plans the guide's block with changes; it returns the errors, unwrapped."""
    directory = tmp_path_factory.mktemp("input")
    terraform = make_terraform(directory, AWS_ENDPOINT_URL=aws_url, **aws.CREDENTIALS)

    def plan(**changes: str | None) -> list[str]:
        (directory / "terraform.tfvars").write_text(tfvars.guide(**changes))
        printed = " ".join(terraform.run("plan", expect=1).split())
        return printed.split("Error: ")[1:]

    with running_provider(terraform.env) as terraform.env:
        yield plan


@pytest.fixture(scope="module")
def on_dsql(refuse: Refuse) -> list[str]:
    return refuse(
        environment='"production"',
        deletion_protection="false",
        aws_region='"eu-west-1"',
        availability_zones='["us-east-1a"]',
        allowed_cidr_blocks='["0.0.0.0/0"]',
        aurora_instance_class='"db.t3.micro"',
        aurora_engine_version='"15.99"',
        aurora_dsql_engine_version='"41.0"',
        database_password=None,
        aurora_dsql_cluster_resource_id='"cluster-xxxxx"',
        aurora_dsql_database_password=None,
        dsql_domain='{name = "cars", hosted_zone_id = "example.com", api_ids = ["a1", "a1"]}',
    )


@pytest.fixture(scope="module")
def on_aurora(refuse: Refuse) -> list[str]:
    wrong = {
        "aurora_dsql_instance_class": '"db.t3.small"',
        "aurora_dsql_database_password": None,
    }
    return refuse(**ON_AURORA | wrong)


def about(errors: list[str], variable: str) -> str:
    """The one error about a variable; it quotes the line that sets or else declares it."""
    quoted = (f": {variable} = ", f': variable "{variable}" ')
    [found] = [error for error in errors if any(line in error for line in quoted)]
    return found


def test_placeholder_resource_id_is_to_be_deleted(on_dsql: list[str]) -> None:
    # One error, although the placeholder has not the shape of an id either.
    message = about(on_dsql, "aurora_dsql_cluster_resource_id")

    assert 'the guide\'s placeholder "cluster-xxxxx": delete the line' in message


def test_the_whole_internet_is_no_address(on_dsql: list[str]) -> None:
    message = about(on_dsql, "allowed_cidr_blocks")

    assert 'allowed_cidr_blocks is ["0.0.0.0/0"] and would open the databases' in message
    assert "name the addresses that need to connect" in message


def test_class_of_the_guide_names_what_to_use_on_aurora(on_aurora: list[str]) -> None:
    message = about(on_aurora, "aurora_dsql_instance_class")

    assert (
        'aurora_dsql_instance_class is "db.t3.small", which Aurora PostgreSQL does not' in message
    )
    assert "use db.t4g.medium" in message


def test_bad_class_of_the_regular_cluster_is_refused_with_either_engine(
    on_dsql: list[str],
) -> None:
    message = about(on_dsql, "aurora_instance_class")

    assert 'aurora_instance_class is "db.t3.micro"' in message
    assert "use db.t4g.medium" in message


def test_versions_that_nobody_has_released_are_refused(on_dsql: list[str]) -> None:
    for variable, version in (
        ("aurora_engine_version", "15.99"),
        ("aurora_dsql_engine_version", "41.0"),
    ):
        message = about(on_dsql, variable)
        assert f'{variable} is "{version}", which PostgreSQL has not released yet' in message


def test_what_a_domain_lacks_is_named_one_by_one(on_dsql: list[str]) -> None:
    messages = " ".join(error for error in on_dsql if "dsql_domain = " in error)

    assert "use a name such as cars.example.com, and the id of its hosted zone" in messages
    assert 'dsql_domain.api_ids is ["a1","a1"]: give the APIs of dsql and dsql_peer' in messages
    assert "aurora_dsql_peer_region is not set. For one region there is `zappa certify`" in messages


def test_missing_password_names_its_variable_and_the_switch(on_dsql: list[str]) -> None:
    message = about(on_dsql, "database_password")

    assert "The regular cluster has no password: set database_password" in message
    assert "or manage_master_passwords = true" in message


def test_missing_second_password_is_missed_on_aurora_only(
    on_dsql: list[str], on_aurora: list[str]
) -> None:
    message = about(on_aurora, "aurora_dsql_database_password")

    assert "The second Aurora cluster has no password: set aurora_dsql_database_password" in message
    assert not any("aurora_dsql_database_password" in error for error in on_dsql)


def test_zones_of_another_region_are_a_mismatch(on_dsql: list[str]) -> None:
    [message] = [error for error in on_dsql if "Region mismatch:" in error]

    assert 'availability_zones ["us-east-1a"] are not all zones of aws_region eu-west-1' in message


def test_production_keeps_its_deletion_protection(on_dsql: list[str]) -> None:
    message = about(on_dsql, "deletion_protection")

    assert "Production without deletion protection" in message
    assert 'first apply with environment = "staging"' in message


@pytest.mark.parametrize("passwords", [REFUSED_PASSWORDS[:2], REFUSED_PASSWORDS[2:]])
def test_bad_passwords_are_refused_without_being_printed(
    refuse: Refuse, passwords: list[str]
) -> None:
    regular, second = (f'"{password}"' for password in passwords)
    public = {"aurora_dsql_publicly_accessible": "true"}
    errors = refuse(
        **ON_AURORA | public, database_password=regular, aurora_dsql_database_password=second
    )

    for cluster in ("producer-api-aurora-cluster", "producer-api-aurora-dsql-cluster"):
        remedy = f"The password of {cluster} must be one of your own, 8 to"
        assert sum(remedy in error for error in errors) == 1
    for password in passwords:
        assert password not in " ".join(errors).replace('!= "YOUR_PASSWORD"', "")
    # Both clusters are looked at before anything is made, and so is who may reach them.
    [message] = [error for error in errors if "is publicly accessible" in error]
    assert "producer-api-aurora-dsql-cluster is publicly accessible and nobody may conn" in message
    assert (
        'set allowed_cidr_blocks to the addresses that may, such as ["203.0.113.7/32"]' in message
    )
