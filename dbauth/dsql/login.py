"""Signing in to Aurora DSQL: which host, which action, which cluster."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from psycopg2.extensions import libpq_version

from dbauth.dsql import fallback
from dbauth.errors import MisconfiguredError
from dbauth.iam.login import Login
from dbauth.iam.signing import TokenRequest, dsql_request

ADMIN = "admin"
DIRECT_TLS_SINCE = 17_00_00  # libpq's version number of 17.0
TLS_MODES = ("require", "verify-ca", "verify-full")


class DSQLLogin(Login):
    """A role of a DSQL cluster, at one of the host names that reach it.

    | HOST | the token is signed for |
    |---|---|
    | `ID.dsql.REGION.on.aws`, or `ID.dsql-xxxx.REGION.on.aws` (private DNS) | the same |
    | `vpce-....dsql-xxxx.REGION.vpce.amazonaws.com` with the option `cluster` | the public name |
    """

    own_options = Login.own_options | {"cluster", "schema"} | fallback.OPTIONS
    services = ("dsql", "dsql-vpce")
    engine_for_others = "dbauth"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self.cluster = self._cluster()
        self.schema: str | None = self.options.get("schema")
        mode = self.options.get("sslmode", "verify-full")
        if mode == "verify-full" != self.strictest_sslmode:
            raise MisconfiguredError(
                "E012",
                f"HOST {self.host!r} is a VPC endpoint's own name, which the server's certificate "
                'does not carry, so sslmode "verify-full" cannot work.',
                f"Set HOST to the cluster's private name, {self.cluster}.{self._service_label}."
                f"{self.region}.on.aws, "
                'with OPTIONS["hostaddr"] where it does not resolve; or ask for less: '
                'OPTIONS["sslmode"] = "verify-ca".',
            )

        other = fallback.second(settings)
        # In order of preference: this host, then that one.
        self.fallback = DSQLLogin(other) if other else None
        self.fallback_seconds = self._seconds("fallback_seconds", fallback.FALLBACK_SECONDS)

    @property
    def is_admin(self) -> bool:
        return self.user == ADMIN

    @property
    def strictest_sslmode(self) -> str:
        return "verify-ca" if self.endpoint.kind == "dsql-vpce" else "verify-full"

    @property
    def _service_label(self) -> str:
        """`dsql-xxxx`, which a VPC endpoint and the private names that lead to it share."""
        return self.host.split(".")[1]

    @cached_property
    def token_request(self) -> TokenRequest:
        host = self.host
        if self.endpoint.kind == "dsql-vpce":
            host = f"{self.cluster}.dsql.{self.region}.on.aws"
        return dsql_request(host=host, region=self.region, admin=self.is_admin)

    @property
    def roots_advice(self) -> str:
        return "DSQL uses Amazon's public roots: remove the option to use them."

    def refusal_advice(self) -> str:
        from dbauth.iam.refusals import dsql_refusal  # a page of text that only a refusal needs

        return dsql_refusal(self.user, self.cluster, self.region, admin=self.is_admin)

    def connection_params(self, params: dict[str, Any]) -> dict[str, Any]:
        params = super().connection_params(params)
        if self.endpoint.kind == "dsql-vpce":
            # This name reaches many clusters, and SNI does not tell them apart.
            chosen = f"-c amzn-cluster-id={self.cluster}"
            params["options"] = f"{params['options']} {chosen}" if "options" in params else chosen
        # TLS from the first byte saves a round trip. libpq refuses to combine it with a mode that
        # would do without TLS.
        if libpq_version() >= DIRECT_TLS_SINCE and params["sslmode"] in TLS_MODES:
            params.setdefault("sslnegotiation", "direct")
        return params

    def _cluster(self) -> str | None:
        option, named = self.options.get("cluster"), self.endpoint.cluster
        if named and option and option != named:
            raise MisconfiguredError(
                "E013",
                f'OPTIONS["cluster"] is {option!r}, but HOST {self.host!r} is cluster {named!r}.',
                "Remove the option, or correct the host.",
            )
        if self.endpoint.kind == "dsql-vpce" and not option:
            raise MisconfiguredError(
                "E011",
                f"HOST {self.host!r} is a VPC endpoint's own name, which hides the cluster.",
                'Set OPTIONS["cluster"] to the cluster\'s id, the first label of its public name.',
            )
        return option or named
