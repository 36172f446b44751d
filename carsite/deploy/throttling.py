"""How many requests a second the gateway of a stage passes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def throttle(cli: Any, limits: Mapping[str, float] | None) -> None:
    """Set the limits of the stage, whatever they were; None leaves them.

    `limits`: {"rate": requests a second, "burst": requests at once}.
    """
    if limits is None or not cli.use_apigateway:
        return
    api = cli.zappa.get_api_id(cli.lambda_name, apigateway_version=cli.apigateway_version)
    change = _of_http_api if cli.apigateway_version == "v2" else _of_rest_api
    change(cli, api, limits["rate"], int(limits["burst"]))


def _of_rest_api(cli: Any, api: str, rate: float, burst: int) -> None:
    values = {"rateLimit": rate, "burstLimit": burst}
    cli.zappa.apigateway_client.update_stage(
        restApiId=api,
        stageName=cli.api_stage,
        patchOperations=[
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": f"{value:g}"}
            for name, value in values.items()
        ],
    )


def _of_http_api(cli: Any, api: str, rate: float, burst: int) -> None:
    cli.zappa.boto_client("apigatewayv2").update_stage(
        ApiId=api,
        StageName=cli.api_stage,
        DefaultRouteSettings={"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst},
    )
