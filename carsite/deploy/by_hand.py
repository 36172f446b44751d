"""What was set on a function by hand, or by another tool: an update leaves it as it is.

Zappa resets to its own defaults what zappa_settings.json does not name. The reserved
concurrency has a file of its own (concurrency.py), because Terraform has a say in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError


def keep(cli: Any) -> None:
    """Give each setting that the stage does not name the value that AWS has. `cli` is ZappaCLI."""
    client = cli.zappa.lambda_client
    try:
        function = client.get_function(FunctionName=cli.lambda_name)
    except client.exceptions.ResourceNotFoundException:
        return  # Zappa says so itself
    _apply(cli, of_function(function))
    cli.zappa.xray_tracing = cli.xray_tracing
    if cli.use_apigateway and cli.apigateway_version == "v1":
        _apply(cli, of_gateway(_stage(cli)))


def of_function(function: Mapping[str, Any]) -> dict[str, Any]:
    """Zappa's settings of a function, from Lambda's GetFunction."""
    found = function["Configuration"]
    return {
        "aws_kms_key_arn": found.get("KMSKeyArn", ""),
        "layers": [layer["Arn"] for layer in found.get("Layers") or []],
        "xray_tracing": found.get("TracingConfig", {}).get("Mode") == "Active",
        "ephemeral_storage": found.get("EphemeralStorage", {"Size": 512}),
        # An update leaves it alone; the role is allowed to send to it.
        "dead_letter_arn": found.get("DeadLetterConfig", {}).get("TargetArn", ""),
    }


def of_gateway(stage: Mapping[str, Any]) -> dict[str, Any]:
    """Zappa's settings of a REST API's stage, from API Gateway's GetStage."""
    methods = stage.get("methodSettings", {}).get("*/*", {})
    return {
        "cloudwatch_log_level": methods.get("loggingLevel", "OFF"),
        "cloudwatch_data_trace": methods.get("dataTraceEnabled", False),
        "cloudwatch_metrics_enabled": methods.get("metricsEnabled", False),
        "cache_cluster_enabled": stage.get("cacheClusterEnabled", False),
        "cache_cluster_size": stage.get("cacheClusterSize", "0.5"),
        "cache_cluster_ttl": methods.get("cacheTtlInSeconds", 300),
        "cache_cluster_encrypted": methods.get("cacheDataEncrypted", False),
    }


def _apply(cli: Any, found: Mapping[str, Any]) -> None:
    for key, value in found.items():
        if key not in cli.stage_config:
            cli.override_stage_config_setting(key, value)
            setattr(cli, key, value)


def _stage(cli: Any) -> dict[str, Any]:
    """The stage of the function's API; nothing before the API is deployed."""
    client = cli.zappa.apigateway_client
    api = cli.zappa.get_api_id(cli.lambda_name, apigateway_version=cli.apigateway_version)
    try:
        return dict(client.get_stage(restApiId=api, stageName=cli.api_stage)) if api else {}
    except ClientError:
        return {}
