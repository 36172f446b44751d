"""Aurora and RDS PostgreSQL with IAM authentication."""

from __future__ import annotations

from datetime import timedelta

from tests.rig.front_door import sigv4
from tests.rig.front_door.admission import Client, IamDoor, PasswordDoor
from tests.rig.front_door.stream import Stream
from tests.rig.front_door.upstream import quoted

LIFETIME = timedelta(minutes=15)


class RdsIamDoor(IamDoor):
    """Members of rds_iam need a token, all others their password."""

    denied_code = "28000"
    denied_text = 'PAM authentication failed for user "{user}"'

    async def admit(self, client: Client) -> Stream:
        if await self._is_iam_user(client.user):
            return await super().admit(client)
        return await PasswordDoor.admit(self, client)

    async def _is_iam_user(self, user: str) -> bool:
        # Not pg_has_role(): it calls a superuser a member of every role.
        return bool(
            await self.upstream.ask(
                "WITH RECURSIVE held(oid) AS (SELECT oid FROM pg_roles"
                f" WHERE rolname = {quoted(user)} UNION SELECT roleid FROM pg_auth_members"
                " JOIN held ON member = held.oid)"
                " SELECT FROM held JOIN pg_roles USING (oid) WHERE rolname = 'rds_iam'"
            )
        )

    def expected(self, client: Client) -> sigv4.Expected:
        settings = self.state.settings
        return sigv4.Expected(
            service="rds-db",
            region=settings.region,
            authorities=[f"{host}:{self.state.port}" for host in settings.hosts],
            parameters={"Action": "connect", "DBUser": client.user},
            longest=LIFETIME,
        )
