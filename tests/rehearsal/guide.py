"""The guide, step by step, as it is typed in the project's folder.

Before the first step: credentials of an AWS account and DATABASE_PASSWORD are exported, and
terraform/terraform.tfvars is the guide's, with passwords in it.
"""

from __future__ import annotations

from tests.rehearsal.account import Account, role_arn
from tests.rehearsal.kinds import administrators, console, curl, exports, manage, terraform, zappa
from tests.rehearsal.step import Step, StepFailedError
from tests.rig.service import ADMIN
from tests.terraform.aws import leftovers
from tests.terraform.cli import REMEDY

STAGES = ("regular", "dsql")
NAME, PASSWORD = ADMIN
CREATE_SUPERUSER = f'"createsuperuser --noinput --username {NAME} --email keeper@example.com"'
CAR = """-H 'Content-Type: application/json' -d '{"make": "Saab", "model": "900", "year": 1985}'"""
ADMINISTRATORS_URL = """\
host=$(terraform -chdir=terraform output -raw aurora_dsql_public_host)
  export DATABASE_URL="dsql://lambda_dsql_user@$host:5432/postgres?schema=car_entities"
  echo $DATABASE_URL"""


def databases() -> list[Step]:
    """Databases and network."""
    applied = r"Apply complete! Resources: \d+ added, 0 changed, 0 destroyed\."
    return [
        terraform(
            "init",
            see="Terraform has been successfully initialized!",
            remedy=REMEDY,
            then=Account.keep_provider,
        ),
        terraform("apply -auto-approve", see=applied, then=Account.open_databases),
        terraform("output -raw aurora_dsql_host", see=r"\S+\.us-east-1\.on\.aws"),
    ]


def deployed(stage: str) -> Step:
    """A function with its role and its API; their settings come from Terraform's outputs."""
    url = rf"(?P<{stage.upper()}>https://\w+\.execute-api\.us-east-1\.amazonaws\.com/{stage})"
    return zappa(f"deploy {stage}", see=url, then=lambda account: account.open_gateway(stage))


def database_user() -> list[Step]:
    """The IAM database user, made from the administrator's computer."""
    arn = role_arn("dsql")
    return [
        exports("DATABASE_URL", ADMINISTRATORS_URL, see=r"dsql://\w+@\w+\.dsql\..+"),
        administrators(
            "create_db_user",
            f"--role-arn {arn}",
            see=f"""AWS IAM GRANT "lambda_dsql_user" TO '{arn}'""",
        ),
    ]


def administrator(stage: str) -> list[Step]:
    """A user for the admin; Django reads its password from a variable of the function."""
    return [
        console(stage, "add", "DJANGO_SUPERUSER_PASSWORD", PASSWORD),
        manage(stage, CREATE_SUPERUSER, see="Superuser created successfully"),
        console(stage, "remove", "DJANGO_SUPERUSER_PASSWORD", None),
    ]


def calls(stage: str) -> list[Step]:
    """The guide's three calls."""
    url, car = f"${stage.upper()}", f"{stage.upper()}_CAR"
    return [
        curl(stage, "GET /cars", f"{url}/cars", see=r'"results":\[\]'),
        curl(stage, "POST /cars", f"{url}/cars {CAR}", see=rf'"id":"(?P<{car}>[0-9a-f-]{{36}})"'),
        curl(stage, "GET /cars/{id}", f"{url}/cars/${car}", see='"make":"Saab","model":"900"'),
    ]


def end() -> list[Step]:
    """The functions first: their network interfaces are in Terraform's subnets."""
    return [
        *(zappa(f"undeploy {stage} --yes --remove-logs", see="Done!") for stage in STAGES),
        terraform(
            "destroy -auto-approve",
            see=r"Destroy complete! Resources: \d+ destroyed\.",
            then=nothing_is_left,
        ),
    ]


def nothing_is_left(account: Account) -> None:
    """Raises StepFailedError for anything of Terraform's kinds that is still there."""
    if left := leftovers(account.aws.url):
        raise StepFailedError(f"This is still there: {left}")


BEFORE_THE_END = (
    *databases(),
    *(deployed(stage) for stage in STAGES),
    *database_user(),
    *(manage(stage, "migrate", see=r"Applying cars\.\w+\.\.\. OK") for stage in STAGES),
    *(step for stage in STAGES for step in administrator(stage)),
    *(step for stage in STAGES for step in calls(stage)),
    *(manage(stage, "dbdoctor", see=r"(?s)ok +settings.+round-trip[^\n]+") for stage in STAGES),
)
GUIDE = (*BEFORE_THE_END, *end())
