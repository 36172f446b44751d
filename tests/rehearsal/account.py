"""The AWS account that the guide is rehearsed in: moto, and what moto does not have.

moto keeps what Terraform and Zappa make, and none of it works. Databases answer here because doors
to a real PostgreSQL take their names, and gateways because ours pass requests on to the functions.
"""

from __future__ import annotations

import contextlib
import json
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.rehearsal import shell
from tests.rig.api_gateway import running_gateway
from tests.rig.certificates import Certificate, issue
from tests.rig.dsql_gate import (
    PEER_REGION,
    DsqlGate,
    running_dsql_gate,
    running_dsql_regions,
)
from tests.rig.events import Kind
from tests.rig.front_door import CREDENTIALS, TEMPORARY, running_front_door
from tests.rig.interrupts import undisturbed
from tests.rig.moto_aws import REGION, Aws, running_aws
from tests.rig.postgresql import PASSWORD, SUPERUSER, running_postgresql
from tests.rig.project_copy import copy
from tests.rig.service import ADMIN
from tests.terraform import tfvars
from tests.terraform.cli import copy_configuration
from tests.terraform.provider import VARIABLE, running_provider

PROJECT = "producer-api-python-rest-lambda"
ACCOUNT = "123456789012"  # moto's
DATABASE = "car_entities"
WEST, WEST_STAGE = "us-west-2", "regular_west"  # another environment, in another region
PEER_STAGE = "dsql_peer"  # the same database, in a second region
GATEWAYS = [f"*.execute-api.{region}.amazonaws.com" for region in (REGION, WEST, PEER_REGION)]


def role_arn(stage: str) -> str:
    """The role that Zappa makes for the stage's function."""
    suffix = "-use2" if stage == PEER_STAGE else ""
    return f"arn:aws:iam::{ACCOUNT}:role/{PROJECT}-{stage.replace('_', '-')}-execution{suffix}"


@dataclass
class Account:
    """A copy of the project, a shell in it, and the AWS that the shell's credentials lead to."""

    aws: Aws
    shell: shell.Shell
    certificate: Certificate  # of all gateways
    running: contextlib.ExitStack = field(repr=False)
    gates: list[DsqlGate] = field(default_factory=list, repr=False)  # by region
    secrets: tuple[str, ...] = field(default=(PASSWORD, tfvars.DSQL_PASSWORD, ADMIN[1]), repr=False)

    def hidden(self, text: str) -> str:
        """The text without the account's passwords."""
        for secret in self.secrets:
            text = text.replace(secret, "(a password)")
        return text

    def keep_provider(self) -> None:
        """AWS's provider, which `terraform init` installed, runs from now on, for one region."""
        data = str(self.shell.folder / "terraform" / ".terraform")
        provider = running_provider({**self.shell.variables, "TF_DATA_DIR": data})
        self.shell.variables[VARIABLE] = self.running.enter_context(provider)[VARIABLE]

    def open_databases(self) -> None:
        """What `terraform apply` made answers from now on, at the names that it gave out."""
        outputs = self._outputs()
        hosts = [outputs["aurora_dsql_host"], outputs["aurora_dsql_public_host"]]
        with undisturbed():
            self._open(outputs["aurora_endpoint"], hosts)

    def open_regions(self) -> None:
        """The same for an empty DSQL database, in one region or in two, and without Aurora."""
        outputs = self._outputs()
        stages = {"aurora_dsql": "dsql", "aurora_dsql_peer": PEER_STAGE}
        there = [name for name in stages if f"{name}_host" in outputs]  # a null is no output
        hosts = [[outputs[f"{name}_{kind}"] for kind in ("host", "public_host")] for name in there]
        with undisturbed():
            server = self.running.enter_context(running_postgresql())
            if len(there) == 1:
                self.gates = [self.running.enter_context(running_dsql_gate(server, hosts[0]))]
            else:
                opened = running_dsql_regions(server, (hosts[0], hosts[1]))
                self.gates = list(self.running.enter_context(opened))
        for gate, name in zip(self.gates, there, strict=True):
            gate.control.set_credentials(
                CREDENTIALS, replace(TEMPORARY, arn=role_arn(stages[name]))
            )
            self.aws.routes.add(gate)

    def _outputs(self) -> dict[str, Any]:
        # Into a file: what a line prints has warnings of Terraform's among it.
        file = Path(self.shell.variables["CURL_HOME"]) / "outputs.json"
        line = f"terraform -chdir=terraform output -json > {shlex.quote(str(file))}"
        status, printed = self.shell.run(line)
        if status:
            raise RuntimeError(f"Terraform has no outputs: {printed}")
        told = json.loads(file.read_text())
        return {name: output["value"] for name, output in told.items()}

    def _open(self, regular: str, dsql: list[str]) -> None:
        server = self.running.enter_context(running_postgresql())
        for database in (DATABASE, "dsql"):
            server.create_database(database)
        door = self.running.enter_context(running_front_door(server, "password", [regular]))
        gate = self.running.enter_context(running_dsql_gate(server, dsql, database="dsql"))
        # Whose a function's credentials are, IAM knows and moto does not.
        gate.control.set_credentials(CREDENTIALS, replace(TEMPORARY, arn=role_arn("dsql")))
        self.aws.routes.add(door)
        self.aws.routes.add(gate)

    def open_gateway(self, stage: str, region: str = REGION) -> None:
        """The stage's API answers from now on, at the URL that `zappa deploy` printed."""
        function = self.aws.function(f"{PROJECT}-{stage.replace('_', '-')}", region)
        self._open_gateway("rest", function, stage, stage.upper())

    def open_west(self) -> None:
        """The other environment's database and API answer, at the names that they were given."""
        client = self.aws.client("rds", WEST)
        host = client.describe_db_clusters()["DBClusters"][0]["Endpoint"]
        with undisturbed():
            server = self.running.enter_context(running_postgresql())
            server.create_database(DATABASE)
            self.aws.routes.add(
                self.running.enter_context(running_front_door(server, "password", [host], WEST))
            )
        function = self.aws.function(f"{PROJECT}-{WEST_STAGE.replace('_', '-')}", WEST)
        self._open_gateway("http", function, WEST_STAGE, "WEST")

    def _open_gateway(self, kind: Kind, function: Any, stage: str, variable: str) -> None:
        """`variable` is the shell's, with the URL."""
        host = urlsplit(self.shell.variables[variable]).hostname
        gateway = self.running.enter_context(
            running_gateway(kind, function, stage, self.certificate)
        )
        with (Path(self.shell.variables["CURL_HOME"]) / ".curlrc").open("a") as curlrc:
            curlrc.write(f'connect-to = "{host}:443:{urlsplit(gateway.url).netloc}"\n')

    def set_variables(self, stage: str, **changes: str | None) -> list[str]:
        """Change a function's variables as Lambda's console does; the names of all it has then.

        None removes a variable.
        """
        client, name = self.aws.client("lambda"), f"{PROJECT}-{stage}"
        before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        after = {key: value for key, value in {**before, **changes}.items() if value is not None}
        client.update_function_configuration(FunctionName=name, Environment={"Variables": after})
        return sorted(after)


@contextlib.contextmanager
def open_account() -> Iterator[Account]:
    """An empty account; all that is started or written goes when the block ends."""
    from tests.terraform.corrections import corrected  # why here: tests/terraform/aws.py

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carsite-rehearsal-")))
        stack.enter_context(corrected())
        functions, home = folder / "functions", folder / "home"
        for made in (functions, home):
            made.mkdir()
        certificate = issue(home, *GATEWAYS)
        (home / ".curlrc").write_text(f'cacert = "{certificate.ca}"\nnoproxy = "*"\n')
        aws = stack.enter_context(running_aws(functions))
        opened = shell.Shell(
            _project(folder / "project"), shell.variables(home, _exported(aws)), aws.routes
        )
        yield Account(aws, opened, certificate, stack)


def _project(folder: Path) -> Path:
    """A copy of the project with the guide's tfvars; the regular password is the real server's."""
    copy(folder, beside=())
    terraform = copy_configuration(folder / "terraform")
    (terraform / "terraform.tfvars").write_text(
        tfvars.guide(database_user=f'"{SUPERUSER}"', database_password=f'"{PASSWORD}"')
    )
    return folder


def _exported(aws: Aws) -> dict[str, str]:
    """What the guide expects to be exported: AWS credentials, a region, the regular password."""
    return {
        **aws.environment(),
        "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key,
        "AWS_REGION": REGION,
        # No other account than this one, whatever the user's own files say.
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "DATABASE_PASSWORD": PASSWORD,
    }
