"""Who may enter the gate, and what their session at the server is told."""

from __future__ import annotations

from tests.rig.front_door import wire
from tests.rig.front_door.admission import Client, RefusedError
from tests.rig.front_door.dsql import DsqlDoor
from tests.rig.front_door.upstream import quoted

ADMINISTRATOR = "admin"
DATABASE = "postgres"
# DSQL knows one isolation level and never waits for a lock: it finds the conflict at COMMIT. The
# server has to wait, to see whether there is one, but for a test in one thread not forever.
SESSION = r" -c default_transaction_isolation=repeatable\ read -c lock_timeout=1s"


class GateAdmission(DsqlDoor):
    """Also demands the role's AWS IAM GRANT."""

    async def authorize(self, client: Client) -> None:
        await super().authorize(client)
        assert client.signer is not None
        if client.user != ADMINISTRATOR and not await self.upstream.ask(
            f"SELECT 1 FROM sys.iam_pg_role_mappings WHERE pg_role_name = {quoted(client.user)}"
            f" AND arn = {quoted(client.signer.arn)}"
        ):
            raise RefusedError("IAM grant", self.denied(client.user))

    def server_startup(self, client: Client) -> wire.Startup:
        startup = super().server_startup(client)
        parameters = startup.parameters
        if parameters.get("database", DATABASE) == DATABASE:
            parameters["database"] = self.state.settings.database
        parameters["options"] += SESSION
        return wire.Startup.of(parameters, startup.code)
