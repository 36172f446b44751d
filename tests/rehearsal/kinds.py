"""The kinds of step: what of each is real, what stands in for AWS, and where to look further."""

from __future__ import annotations

from collections.abc import Callable

from tests.rehearsal.account import PROJECT, Account
from tests.rehearsal.step import Step

Then = Callable[[Account], None] | None

# Real, and in the place of AWS.
DATABASES = {
    "regular": ("PostgreSQL, password, TLS", "Aurora's host name"),
    "regular_west": ("PostgreSQL, password, TLS", "Aurora's host name"),
    "dsql": ("PostgreSQL, IAM token, TLS", "DSQL's door and gate"),
    "dsql_peer": ("PostgreSQL, IAM token, TLS", "DSQL's door and gate"),
}
FUNCTION = "uploaded zip in awslambdaric"
LOOK = "Read what it says above; {page}, and `python -m pytest -n 0 {tests}` looks closer."
TERRAFORM_REMEDY = LOOK.format(
    page="docs/terraform.md describes the variables", tests="tests/terraform/test_apply.py"
)
ZAPPA_REMEDY = LOOK.format(
    page="docs/deploy.md describes the settings", tests="tests/carsite/deploy"
)
USER_REMEDY = LOOK.format(
    page="docs/dsql.md describes the command",
    tests="tests/dbauth/management/commands/test_create_db_user.py",
)
MANAGE_REMEDY = LOOK.format(
    page="docs/operations.md has causes and remedies", tests="tests/dbauth/doctor"
)
API_REMEDY = LOOK.format(
    page="/docs of the service describes the API", tests="tests/contract/test_cars.py"
)


def terraform(arguments: str, see: str, then: Then = None, remedy: str = TERRAFORM_REMEDY) -> Step:
    asks_aws = arguments.startswith(("apply", "destroy"))
    return Step(
        f"terraform {arguments.split(maxsplit=1)[0]}",
        f"terraform -chdir=terraform {arguments}",
        see=see,
        real="Terraform, its AWS provider" if asks_aws else "Terraform",
        stand_in="moto" if asks_aws else "-",
        remedy=remedy,
        then=then,
    )


def zappa(arguments: str, see: str, then: Then = None) -> Step:
    return Step(
        f"zappa {arguments.partition(' --')[0]}",
        f"zappa {arguments}",
        see=see,
        real="Zappa, its hooks, terraform output" if "deploy" in arguments.split() else "Zappa",
        stand_in="moto",
        remedy=ZAPPA_REMEDY,
        then=then,
    )


def exports(name: str, typed: str, see: str) -> Step:
    """A variable of the shell, from what Terraform knows."""
    return Step(name, typed, see=see, real="Terraform", stand_in="-", remedy=TERRAFORM_REMEDY)


def administrators(name: str, arguments: str, see: str) -> Step:
    """A management command on the administrator's own computer, about the dsql stage's database."""
    real, stand_in = DATABASES["dsql"]
    return Step(
        name,
        # Before the one command alone: a secret key that is exported is the next deploy's.
        "DJANGO_SETTINGS_MODULE=carsite.settings.dsql DJANGO_SECRET_KEY=not-used-here"
        f" python manage.py {name} {arguments}",
        see=see,
        real=f"manage.py, {real}",
        stand_in=stand_in,
        remedy=USER_REMEDY,
    )


def manage(stage: str, arguments: str, see: str) -> Step:
    """A management command inside the function."""
    name = arguments.strip('"').partition(" ")[0]
    real, stand_in = DATABASES[stage]
    return Step(
        f"manage {stage} {name}",
        f"zappa manage {stage} {arguments}",
        see=see,
        real=f"Zappa, {FUNCTION}, {real}",
        stand_in=f"moto, {stand_in}",
        remedy=MANAGE_REMEDY,
    )


def console(stage: str, verb: str, name: str, value: str | None) -> Step:
    """A variable of the function, changed in Lambda's console; None removes it."""

    def change(account: Account) -> str:
        return ", ".join(account.set_variables(stage, **{name: value}))

    return Step(
        f"{verb} the password ({stage})",
        f"Lambda's console, {PROJECT}-{stage}, Environment variables: {verb} {name}",
        see=f"^(?!.*{name})" if value is None else name,
        real="-",
        stand_in="moto",
        remedy=ZAPPA_REMEDY,
        by_hand=change,
    )


def curl(stage: str, name: str, arguments: str, see: str) -> Step:
    """A request to the stage's API; any status from 400 on is a failure."""
    real, stand_in = DATABASES[stage]
    return Step(
        f"{name} ({stage})",
        f"curl -sS --fail-with-body {arguments}",
        see=see,
        real=f"curl, {FUNCTION}, {real}",
        stand_in=f"API Gateway, moto, {stand_in}",
        remedy=API_REMEDY,
    )
