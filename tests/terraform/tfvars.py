"""The guide's tfvars, from the example that ships, with passwords that can be searched for."""

import re

from tests.terraform.cli import SOURCE

REGULAR_PASSWORD = "Planted-4711-regular"
DSQL_PASSWORD = "Planted-4711-second"

# The second database alone, in one region and in two.
ONE_REGION: dict[str, str | None] = {"enable_aurora": "false"}
TWO_REGIONS: dict[str, str | None] = {
    **ONE_REGION,
    "aurora_dsql_peer_region": '"us-east-2"',
    "aurora_dsql_witness_region": '"us-west-2"',
}

EXAMPLE = (SOURCE / "terraform.tfvars.example").read_text()


def guide(**changes: str | None) -> str:
    """Return the guide's block; `changes` are HCL expressions by variable, None removes a line."""
    settings: dict[str, str | None] = dict(re.findall(r"^(\w+)\s*= (.+)$", EXAMPLE, re.MULTILINE))
    settings["database_password"] = f'"{REGULAR_PASSWORD}"'
    settings["aurora_dsql_database_password"] = f'"{DSQL_PASSWORD}"'
    settings.update(changes)
    return "".join(f"{name} = {value}\n" for name, value in settings.items() if value is not None)
