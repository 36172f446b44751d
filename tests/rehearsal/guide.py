"""The guide, step by step, as it is typed in the project's folder.

Before the first step: credentials of an AWS account and DATABASE_PASSWORD are exported, and
terraform/terraform.tfvars is the guide's, with passwords in it.
"""

from __future__ import annotations

from tests.rehearsal.account import PROJECT, Account, role_arn
from tests.rehearsal.step import Step, StepFailedError
from tests.rig.service import ADMIN
from tests.terraform.aws import leftovers

STAGES = ("regular", "dsql")
DATABASES = {
    "regular": ("PostgreSQL, its password, TLS", "host name of Aurora"),
    "dsql": ("PostgreSQL, IAM token, TLS", "front door and gate for DSQL"),
}
MOTO = "moto"
LAMBDA = "the uploaded zip in awslambdaric"
CAR = '{"make": "Saab", "model": "900", "year": 1985}'

TERRAFORM_REMEDY = (
    "Read what Terraform says above; docs/terraform.md describes its variables, and"
    " `python -m pytest -n 0 tests/terraform/test_apply.py` looks closer."
)
ZAPPA_REMEDY = (
    "Read what Zappa says above; docs/deploy.md describes its settings, and"
    " `python -m pytest -n 0 tests/carsite/deploy` looks closer."
)
USER_REMEDY = (
    "Read what the command says above; docs/dsql.md describes it, and"
    " `python -m pytest -n 0 tests/dbauth/test_create_db_user.py` looks closer."
)
COMMAND_REMEDY = (
    "Read what the command says above; the table in docs/operations.md has causes and remedies."
)
API_REMEDY = (
    "Read the answer above; `python -m pytest -n 0 tests/contract/test_cars.py` asks the same of"
    " every database."
)


def nothing_is_left(account: Account) -> None:
    """Raises StepFailedError for anything of Terraform's kinds that is still there."""
    if left := leftovers(account.aws.url):
        raise StepFailedError(f"terraform destroy left this behind: {left}")


def terraform() -> list[Step]:
    """Databases and network."""
    real = "Terraform, its AWS provider"
    return [
        Step(
            "terraform init",
            "terraform -chdir=terraform init",
            see="Terraform has been successfully initialized!",
            real="Terraform",
            stand_in="-",
            remedy=TERRAFORM_REMEDY,
        ),
        Step(
            "terraform apply",
            "terraform -chdir=terraform apply -auto-approve",
            see=r"Apply complete! Resources: \d+ added, 0 changed, 0 destroyed.",
            real=real,
            stand_in=MOTO,
            remedy=TERRAFORM_REMEDY,
            then=Account.open_databases,
        ),
        Step(
            "terraform output",
            "terraform -chdir=terraform output -raw aurora_dsql_host",
            see=r"\S+\.us-east-1\.on\.aws",
            real="Terraform",
            stand_in="-",
            remedy=TERRAFORM_REMEDY,
        ),
    ]


def deploy(stage: str) -> Step:
    """A function with its role and its API, from Terraform's outputs."""
    return Step(
        f"zappa deploy {stage}",
        f"zappa deploy {stage}",
        see=rf"(?P<{stage.upper()}>https://\w+\.execute-api\.us-east-1\.amazonaws\.com/{stage})",
        real="Zappa, its hooks, the archive",
        stand_in=MOTO,
        remedy=ZAPPA_REMEDY,
        then=lambda account: account.open_gateway(stage),
    )


def database_user() -> list[Step]:
    """The IAM database user, made from the administrator's computer."""
    real, stand_in = DATABASES["dsql"]
    host = "$(terraform -chdir=terraform output -raw aurora_dsql_public_host)"
    return [
        Step(
            "DATABASE_URL",
            "export DJANGO_SETTINGS_MODULE=carsite.settings.dsql DJANGO_SECRET_KEY=not-used-here\n"
            f'  export DATABASE_URL="dsql://lambda_dsql_user@{host}:5432/postgres'
            '?schema=car_entities"\n'
            "  echo $DATABASE_URL",
            see=r"dsql://lambda_dsql_user@\w+\.dsql\.us-east-1\.on\.aws:5432/.*",
            real="Terraform",
            stand_in="-",
            remedy=TERRAFORM_REMEDY,
        ),
        Step(
            "create_db_user",
            f"python manage.py create_db_user --role-arn {role_arn('dsql')}",
            see=r'GRANT USAGE, CREATE ON SCHEMA "car_entities" TO "lambda_dsql_user";',
            real=real,
            stand_in=stand_in,
            remedy=USER_REMEDY,
        ),
    ]


def manage(stage: str, command: str, see: str) -> Step:
    """A management command inside the function."""
    name = command.split()[0]
    typed = f'"{command}"' if " " in command else command
    real, stand_in = DATABASES[stage]
    return Step(
        f"{name} ({stage})",
        f"zappa manage {stage} {typed}",
        see=see,
        real=f"{LAMBDA}, {real}",
        stand_in=f"{MOTO}, {stand_in}",
        remedy=COMMAND_REMEDY,
    )


def administrator(stage: str) -> list[Step]:
    """A user for the admin; Django reads its password from a variable."""
    name = "DJANGO_SUPERUSER_PASSWORD"

    def change(value: str | None, done: str) -> Step:
        def by_hand(account: Account) -> str:
            account.set_variables(stage, **{name: value})
            return f"{name} is {done}."

        return Step(
            f"variable {done} ({stage})",
            f"Lambda's console, {PROJECT}-{stage}, Environment variables: {name} is {done}",
            see=done,
            real="-",
            stand_in=MOTO,
            remedy=ZAPPA_REMEDY,
            by_hand=by_hand,
        )

    command = f"createsuperuser --noinput --username {ADMIN[0]} --email keeper@example.com"
    return [
        change(ADMIN[1], "added"),
        manage(stage, command, see="Superuser created successfully"),
        change(None, "removed"),
    ]


def calls(stage: str) -> list[Step]:
    """The guide's three calls."""
    url, car = f"${stage.upper()}", f"{stage.upper()}_CAR"
    real, stand_in = DATABASES[stage]

    def call(name: str, arguments: str, see: str) -> Step:
        return Step(
            f"{name} ({stage})",
            f"curl -sS --fail-with-body {arguments}",
            see=see,
            real=f"{LAMBDA}, {real}",
            stand_in=f"{MOTO}, API Gateway, {stand_in}",
            remedy=API_REMEDY,
        )

    return [
        call("GET /cars", f"{url}/cars", see=r'"results":\[\]'),
        call(
            "POST /cars",
            f"{url}/cars -H 'Content-Type: application/json' -d '{CAR}'",
            see=rf'"id":"(?P<{car}>[0-9a-f-]{{36}})"',
        ),
        call("GET /cars/{id}", f"{url}/cars/${car}", see='"make":"Saab","model":"900"'),
    ]


def take_down() -> list[Step]:
    """The functions first: their network interfaces are in Terraform's subnets."""
    undeployed = [
        Step(
            f"zappa undeploy {stage}",
            f"zappa undeploy {stage} --yes --remove-logs",
            see="Done!",
            real="Zappa",
            stand_in=MOTO,
            remedy=ZAPPA_REMEDY,
        )
        for stage in STAGES
    ]
    destroyed = Step(
        "terraform destroy",
        "terraform -chdir=terraform destroy -auto-approve",
        see=r"Destroy complete! Resources: \d+ destroyed.",
        real="Terraform, its AWS provider",
        stand_in=MOTO,
        remedy=TERRAFORM_REMEDY,
        then=nothing_is_left,
    )
    return [*undeployed, destroyed]


GUIDE = (
    *terraform(),
    *(deploy(stage) for stage in STAGES),
    *database_user(),
    *(manage(stage, "migrate", see=r"Applying cars\.\w+\.\.\..*OK") for stage in STAGES),
    *(step for stage in STAGES for step in administrator(stage)),
    *(step for stage in STAGES for step in calls(stage)),
    *(manage(stage, "dbdoctor", see=r"ok +round-trip.*") for stage in STAGES),
    *take_down(),
)
