"""What can be told from the files: format, validity, and that nothing is undocumented."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terraform import tfvars
from tests.terraform.cli import SOURCE, Terraform
from tests.terraform.provider import running_provider

FOLDERS = [SOURCE, *sorted((SOURCE / "modules").iterdir())]
NAMES = [folder.name for folder in FOLDERS]


@pytest.fixture(scope="module")
def terraform(
    make_terraform: Callable[..., Terraform], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Terraform]:
    directory = tmp_path_factory.mktemp("configuration")
    terraform = make_terraform(directory)
    # What version 5 of the provider does not know stands in another policy's place.
    policy = (directory / "dsql_policy.tf.example").read_text()
    policy = policy.replace("aws_dsql_cluster_policy", "aws_ecr_repository_policy")
    (directory / "dsql_policy.tf").write_text(policy.replace("  identifier", "  repository"))
    with running_provider(terraform.env) as terraform.env:
        yield terraform


def blocks(folder: Path, kind: str) -> dict[str, str]:
    """Return the bodies of the top-level blocks of one kind, by name."""
    text = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
    return dict(re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL))


def test_files_are_formatted(terraform: Terraform) -> None:
    assert terraform.run("fmt", "-check", "-recursive", "-diff") == ""


def test_configuration_is_valid_without_warnings(terraform: Terraform) -> None:
    assert json.loads(terraform.run("validate", "-json"))["diagnostics"] == []


@pytest.mark.timeout(1200)
def test_terraforms_own_tests_pass(terraform: Terraform) -> None:
    report = terraform.run("test", seconds=1100)

    declared = sum(
        path.read_text().count('\nrun "') for path in (SOURCE / "tests").glob("*.tftest.hcl")
    )
    assert f"Success! {declared} passed, 0 failed." in report


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_every_variable_is_typed_described_and_used(folder: Path) -> None:
    text = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
    variables = blocks(folder, "variable")

    assert variables
    for name, body in variables.items():
        assert re.search(r"^  type +=", body, re.MULTILINE), f"{name} has no type"
        assert re.search(r"^  description +=", body, re.MULTILINE), f"{name} is not described"
        assert re.search(rf"\bvar\.{name}\b", text.replace(body, "")), f"{name} is not used"


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_every_output_is_described(folder: Path) -> None:
    outputs = blocks(folder, "output")

    assert outputs
    for name, body in outputs.items():
        assert re.search(r"^  description +=", body, re.MULTILINE), f"{name} is not described"


def test_example_sets_the_guides_variables_with_the_guides_values() -> None:
    settings = dict(re.findall(r"^(\w+)\s*= (.+)$", tfvars.EXAMPLE, re.MULTILINE))

    assert settings == {
        "enable_aurora": "true",
        "database_name": '"car_entities"',
        "database_user": '"postgres"',
        "database_password": '"YOUR_PASSWORD"',
        "enable_aurora_dsql_cluster": "true",
        "aurora_dsql_instance_class": '"db.t3.small"',
        "aurora_dsql_publicly_accessible": "true",
        "aurora_dsql_database_name": '"car_entities"',
        "aurora_dsql_database_user": '"postgres"',
        "aurora_dsql_database_password": '"YOUR_PASSWORD"',
        "aurora_dsql_engine_version": '"15.14"',
        "enable_python_lambda_dsql": "true",
        "iam_database_user": '"lambda_dsql_user"',
    }
