"""`python -m carsite.deploy.policy ENVIRONMENT`: what whoever deploys must be allowed.

The policy is for its functions, roles, stacks and logs alone, as Terraform's outputs name them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import boto3
from click import ClickException

from carsite.deploy.outputs import Outputs, read_environment

TEMPLATE = Path(__file__).with_name("deploy-policy.json")


def policy(stages: Mapping[str, Outputs]) -> dict[str, Any]:
    """The IAM policy for all stages together; `stages` by their names."""
    documents = [_filled(stage, found) for stage, found in stages.items()]
    merged = documents[0]
    for number, statement in enumerate(merged["Statement"]):
        resources = (name for each in documents for name in each["Statement"][number]["Resource"])
        statement["Resource"] = list(dict.fromkeys(resources))
    return merged


def _filled(stage: str, found: Outputs) -> dict[str, Any]:
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        partition=boto3.Session().get_partition_for_region(found.aws_region),
        region=found.aws_region,
        account=found.account_id,
        function=found.function_name,
        role=found.role_name,
        stage=stage,
    )
    return dict(json.loads(text))


def main(environment: str) -> int:
    """Print the policy of the environment whose outputs are at hand; the exit status."""
    try:
        stages = read_environment()
        _check(stages, environment)
    except ClickException as error:
        error.show()
        return 1
    sys.stdout.write(f"{json.dumps(policy(stages), indent=2)}\n")
    return 0


def _check(stages: Mapping[str, Outputs], environment: str) -> None:
    found = sorted({each.environment for each in stages.values()})
    if found != [environment]:
        raise ClickException(
            f"Terraform's outputs are of {' and '.join(found) or 'no environment'}, not of"
            f" '{environment}': name the file of that one in DEPLOY_OUTPUTS."
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
