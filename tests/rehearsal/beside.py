"""Another environment in another region, beside the guide's: with an HTTP API, and no DSQL.

The steps are taken while the first environment is up, and leave it as it was.
"""

from __future__ import annotations

import json

from tests.rehearsal.account import PROJECT, WEST, WEST_STAGE, Account
from tests.rehearsal.kinds import (
    API_REMEDY,
    DATABASES,
    FUNCTION,
    ZAPPA_REMEDY,
    curl,
    exports,
    manage,
    terraform,
    zappa,
)
from tests.rehearsal.step import Step, StepFailedError
from tests.rig.moto_aws import REGION
from tests.terraform.aws import leftovers

CAR = """-H 'Content-Type: application/json' -d '{"make": "Volvo", "model": "240", "year": 1979}'"""
TFVARS = f"""
environment_name           = "west"
aws_region                 = "{WEST}"
vpc_cidr_block             = "10.43.0.0/16"
enable_aurora_dsql_cluster = false
enable_python_lambda_dsql  = false
"""
VARIABLES = "-auto-approve -var-file=west.tfvars"
URL = rf"(?P<WEST>https://\w+\.execute-api\.{WEST}\.amazonaws\.com/{WEST_STAGE})"


def prepare(account: Account) -> str:
    """The two files that the documentation has one write."""
    project = account.shell.folder
    (project / "terraform" / "west.tfvars").write_text(TFVARS)
    settings = project / "zappa_settings.json"
    stages = json.loads(settings.read_text())
    stages[WEST_STAGE] = {"extends": "regular", "aws_region": WEST, "apigateway_version": "v2"}
    settings.write_text(json.dumps(stages, indent=4))
    return WEST_STAGE


def first_is_as_it_was(account: Account) -> None:
    """Raises StepFailedError unless the guide's functions are there, alone in their region."""
    found = {
        each["FunctionName"] for each in account.aws.client("lambda").list_functions()["Functions"]
    }
    if found != {f"{PROJECT}-regular", f"{PROJECT}-dsql"}:
        raise StepFailedError(f"The functions in {REGION} are {sorted(found)}")


def nothing_is_left(account: Account) -> None:
    """Raises StepFailedError for anything of Terraform's kinds in the second region."""
    if left := leftovers(account.aws.url, WEST):
        raise StepFailedError(f"This is still there: {left}")
    first_is_as_it_was(account)


BESIDE = (
    Step(
        "a second environment",
        "an editor: terraform/west.tfvars, and the stage regular_west in zappa_settings.json",
        see=WEST_STAGE,
        real="-",
        stand_in="-",
        remedy=ZAPPA_REMEDY,
        by_hand=prepare,
    ),
    terraform("workspace new west", see='switched to workspace "west"'),
    terraform(
        f"apply {VARIABLES}", see=r"Apply complete! Resources: \d+ added, 0 changed, 0 destroyed\."
    ),
    exports(
        "DEPLOY_OUTPUTS",
        f"export AWS_DEFAULT_REGION={WEST} DEPLOY_OUTPUTS=outputs-west.json\n"
        "  terraform -chdir=terraform output -json zappa > $DEPLOY_OUTPUTS\n"
        "  cat $DEPLOY_OUTPUTS",
        see=r'"role_name":"\S+-execution-usw2"',
    ),
    zappa(f"deploy {WEST_STAGE}", see=URL, then=Account.open_west),
    manage(WEST_STAGE, "migrate", see=r"Applying cars\.\w+\.\.\. OK"),
    curl(WEST_STAGE, "GET /cars", "$WEST/cars", see=r'"results":\[\]'),
    curl(WEST_STAGE, "POST /cars", f"$WEST/cars {CAR}", see='"make":"Volvo"'),
    Step(
        "the first environment",
        "curl -sS --fail-with-body $REGULAR/cars",
        see=r'^(?!.*Volvo).*"make":"Saab"',
        real=f"curl, {FUNCTION}, {DATABASES['regular'][0]}",
        stand_in="API Gateway, moto",
        remedy=API_REMEDY,
        then=first_is_as_it_was,
    ),
    zappa(f"update {WEST_STAGE}", see="Your updated Zappa deployment is"),
    zappa(f"undeploy {WEST_STAGE} --yes --remove-logs", see="Done!"),
    terraform(
        f"destroy {VARIABLES}",
        see=r"Destroy complete! Resources: \d+ destroyed\.",
        then=nothing_is_left,
    ),
    exports(
        "AWS_DEFAULT_REGION",
        f"export AWS_DEFAULT_REGION={REGION}; unset DEPLOY_OUTPUTS\n"
        "  terraform -chdir=terraform workspace select default",
        see='Switched to workspace "default"',
    ),
)
