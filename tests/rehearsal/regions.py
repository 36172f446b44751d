"""Two regions of one DSQL database: made, used, one of them lost, left, and made again.

The steps are those of docs/two-regions.md, without the stage `regular`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.rehearsal.account import PEER_STAGE, Account, role_arn
from tests.rehearsal.guide import ADMINISTRATORS_URL
from tests.rehearsal.kinds import (
    API_REMEDY,
    DATABASES,
    FUNCTION,
    ZAPPA_REMEDY,
    administrators,
    curl,
    exports,
    manage,
    terraform,
    zappa,
)
from tests.rehearsal.step import Step, StepFailedError
from tests.rig.dsql_gate import PEER_REGION
from tests.rig.moto_aws import REGION
from tests.terraform import tfvars
from tests.terraform.aws import leftovers
from tests.terraform.cli import REMEDY

STAGES = ("dsql", PEER_STAGE)
SERVED = dict(zip(STAGES, (REGION, PEER_REGION), strict=True))
CAR = """-H 'Content-Type: application/json' -H "Idempotency-Key: $KEY" \
-d '{"make": "Volvo", "model": "240", "year": 1979}'"""
DATABASE = "-target=module.dsql -target=module.dsql_peer -target=module.peer_network"
REMEMBERED = "-target=module.dsql_engine -target=module.dsql_regions"
APPLIED = r"Apply complete! Resources: \d+ added, \d+ changed, \d+ destroyed\."
DESTROYED = r"Destroy complete! Resources: \d+ destroyed\."


def by_hand(name: str, typed: str, act: Callable[[Account], str]) -> Step:
    """What no shell does; `act` returns the step's name."""
    return Step(name, typed, see=name, real="-", stand_in="-", remedy=ZAPPA_REMEDY, by_hand=act)


def edits(name: str, variables: dict[str, str | None], typed: str) -> Step:
    """terraform.tfvars and zappa_settings.json, changed with an editor."""

    def edit(account: Account) -> str:
        project = account.shell.folder
        (project / "terraform" / "terraform.tfvars").write_text(tfvars.guide(**variables))
        settings = project / "zappa_settings.json"
        stages = json.loads(settings.read_text())
        stages[PEER_STAGE] = {"extends": "dsql", "aws_region": PEER_REGION}
        settings.write_text(json.dumps(stages, indent=4))
        return name

    return by_hand(name, f"an editor: {typed}", edit)


def region(verb: str, *, lost: bool) -> Step:
    """An outage, or its end."""

    def change(account: Account) -> str:
        control = account.gates[0].control
        if lost:
            control.lose(silently=False)
        else:
            control.come_back()
        return f"{REGION} {verb}"

    return by_hand(f"{REGION} {verb}", f"{REGION} {verb}", change)


def deployed(stage: str) -> Step:
    host = rf"\w+\.execute-api\.{SERVED[stage]}\.amazonaws\.com"
    return zappa(
        f"deploy {stage}",
        see=rf"(?P<{stage.upper()}>https://{host}/{stage})",
        then=lambda account: account.open_gateway(stage, SERVED[stage]),
    )


def users(*stages: str) -> list[Step]:
    """The database user for the roles of these stages, made from the administrator's computer."""
    roles = " ".join(f"--role-arn {role_arn(stage)}" for stage in stages)
    return [
        exports("DATABASE_URL", ADMINISTRATORS_URL, see=r"dsql://\w+@\w+\.dsql\..+"),
        administrators("create_db_user", roles, see=f"TO '{role_arn(stages[-1])}'"),
    ]


def migrated() -> Step:
    return manage("dsql", "migrate", see=r"Applying cars\.\w+\.\.\. OK")


def health(stage: str, status: int) -> Step:
    """What a name server's health check sees."""
    real, stand_in = DATABASES[stage]
    return Step(
        f"GET /health ({stage}): {status}",
        f"curl -sS -o /dev/null -w '%{{http_code}}' ${stage.upper()}/health",
        see=f"^{status}$",
        real=f"curl, {FUNCTION}, {real}",
        stand_in=f"API Gateway, moto, {stand_in}",
        remedy=API_REMEDY,
    )


def destroyed_database(then_gone: tuple[str, ...]) -> Step:
    """The database alone: functions, groups and the first network stay."""

    def look(account: Account) -> None:
        for name in then_gone:
            if left := account.aws.client("dsql", name).list_clusters()["clusters"]:
                raise StepFailedError(f"There still are clusters in {name}: {left}")

    return terraform(f"destroy -auto-approve {DATABASE} {REMEMBERED}", see=DESTROYED, then=look)


def nothing_is_left(account: Account) -> None:
    """Raises StepFailedError for anything of Terraform's kinds in either region."""
    for name in (REGION, PEER_REGION):
        if left := leftovers(account.aws.url, name):
            raise StepFailedError(f"This is still there in {name}: {left}")


MADE = (
    edits(
        "two regions",
        tfvars.TWO_REGIONS,
        "three regions in terraform.tfvars, and the stage dsql_peer",
    ),
    terraform("init", see="Terraform has been successfully initialized!", remedy=REMEDY),
    terraform("apply -auto-approve", see=APPLIED, then=Account.open_regions),
    terraform("output -raw aurora_dsql_peer_host", see=rf"\S+\.{PEER_REGION}\.on\.aws"),
    exports(
        "DJANGO_SECRET_KEY",
        "export DJANGO_SECRET_KEY="
        "\"$(python -c 'import secrets; print(secrets.token_urlsafe(48))')\"\n"
        "  export KEY=$(python -c 'import uuid; print(uuid.uuid4())')\n"
        "  unset AWS_DEFAULT_REGION",
        see="",
    ),
    *(deployed(stage) for stage in STAGES),
    *users("dsql", PEER_STAGE),
    migrated(),
    *(manage(stage, "dbdoctor", see=r"(?s)ok +settings.+round-trip[^\n]+") for stage in STAGES),
)
USED = (
    curl("dsql", "POST /cars", f"$DSQL/cars {CAR}", see=r'"id":"(?P<REGIONS_CAR>[0-9a-f-]{36})"'),
    curl(
        PEER_STAGE,
        "the same POST, by its key",
        f"$DSQL_PEER/cars {CAR} | grep -F $REGIONS_CAR",
        see='"make":"Volvo"',
    ),
    curl(PEER_STAGE, "GET /cars", "$DSQL_PEER/cars", see='"make":"Volvo"'),
    region("is lost", lost=True),
    health("dsql", 503),
    health(PEER_STAGE, 200),
    exports("KEY", "export KEY=$(python -c 'import uuid; print(uuid.uuid4())')", see=""),
    curl(
        PEER_STAGE,
        "POST /cars",
        f"$DSQL_PEER/cars {CAR}",
        see=r'"id":"(?P<LATER_CAR>[0-9a-f-]{36})"',
    ),
    region("is back", lost=False),
    health("dsql", 200),
    curl("dsql", "GET /cars/{id}", "$DSQL/cars/$LATER_CAR", see='"make":"Volvo"'),
)
LEFT = (
    zappa(f"undeploy {PEER_STAGE} --yes --remove-logs", see="Done!"),
    destroyed_database((REGION, PEER_REGION)),
    edits("one region", tfvars.ONE_REGION, "terraform.tfvars without the two regions"),
    terraform("apply -auto-approve", see=APPLIED, then=Account.open_regions),
    exports("DEPLOY_MOVES", "export DEPLOY_MOVES=dsql", see=""),
    zappa("update dsql", see="Your updated Zappa deployment is"),
    *users("dsql"),
    migrated(),
    curl("dsql", "GET /cars", "$DSQL/cars", see=r'"results":\[\]'),
)
JOINED = (
    destroyed_database((REGION,)),
    edits("two regions again", tfvars.TWO_REGIONS, "the two regions in terraform.tfvars"),
    terraform("apply -auto-approve", see=APPLIED, then=Account.open_regions),
    zappa("update dsql", see="Your updated Zappa deployment is"),
    deployed(PEER_STAGE),
    *users("dsql", PEER_STAGE),
    migrated(),
    curl("dsql", "POST /cars", f"$DSQL/cars {CAR}", see='"make":"Volvo"'),
    curl(PEER_STAGE, "GET /cars", "$DSQL_PEER/cars", see='"make":"Volvo"'),
)
END = (
    *(zappa(f"undeploy {stage} --yes --remove-logs", see="Done!") for stage in STAGES),
    terraform("destroy -auto-approve", see=DESTROYED, then=nothing_is_left),
)
REGIONS = (*MADE, *USED, *LEFT, *JOINED, *END)
