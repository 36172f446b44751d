"""Every key of zappa_settings.json that the pinned Zappa knows: honoured, refused, or idle here.

Zappa itself acts on most of them. Those that only its own request handler would read are refused,
because a request is answered by carsite.lambda_handler: a setting that deploys without a word and
then does nothing is worse than an error. docs/deploy.md shows this table; a test keeps it complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from click import ClickException


class Refusal(NamedTuple):
    """`harmless` are the values that change nothing, and are let through."""

    harmless: tuple[Any, ...]
    instead: str


NOTHING: tuple[Any, ...] = (None, "", [], {}, False)
REMOTE = Refusal(NOTHING, "put variables into aws_environment_variables, secrets into the shell")
HANDLER = "carsite.lambda_handler.handler"

REFUSED: dict[str, Refusal] = {
    "environment_variables": Refusal(NOTHING, "use aws_environment_variables"),
    "remote_env": REMOTE,
    "remote_env_bucket": REMOTE,
    "remote_env_file": REMOTE,
    "context_header_mappings": Refusal(
        NOTHING, 'read request.META["apig_wsgi.request_context"] in Django'
    ),
    "binary_support": Refusal((True,), "leave it out: compressed answers and images need it"),
    "cors": Refusal(NOTHING, "set CORS_ALLOWED_ORIGINS in aws_environment_variables"),
    "slim_handler": Refusal(NOTHING, "leave it out: the archive is well below Lambda's limit"),
    "lambda_handler": Refusal((HANDLER,), f"set it to {HANDLER}"),
    "app_function": Refusal(NOTHING, "leave it out: Django's application is carsite.wsgi"),
    "app_type": Refusal(NOTHING, "leave it out: Django's application is carsite.wsgi"),
    "efs_config": Refusal(NOTHING, "Zappa wants vpc_config beside it, and that is Terraform's"),
    "vpc_config": Refusal(NOTHING, "leave it out: it is Terraform's output"),
    "debug": Refusal((False,), "set it to false: Zappa would log whole events, passwords included"),
}

IDLE: dict[str, str] = {
    "additional_text_mimetypes": "answers that are not text are encoded by their Content-Type",
    "exclude": "`carsite/deploy/package/` decides what ships",
    "exclude_glob": "`carsite/deploy/package/` decides what ships",
    "include": "belongs to `slim_handler`",
    "settings_file": "nothing reads it",
    "use_precompiled_packages": "`carsite/deploy/package/` decides what ships",
}

_REST = "by API Gateway; REST APIs only"
_DOMAIN = "by `zappa certify`; name the domain in `ALLOWED_HOSTS`"
_ASYNC = "by `zappa.asynchronous`; the response table needs `extra_permissions`"
_GATEWAY = "by API Gateway"
_LAMBDA = "by Lambda"
_DEPLOYING = "while deploying"
_ROLE = "by IAM"

HONOURED: dict[str, str] = {
    "alb_enabled": "requests of load balancers are answered",
    "alb_vpc_config": "with `alb_enabled`",
    "api_key": _REST,
    "api_key_required": _REST,
    "apigateway_description": _GATEWAY,
    "apigateway_enabled": _GATEWAY,
    "apigateway_lambda_qualifier": "the role may be invoked by its aliases",
    "apigateway_policy": _REST,
    "apigateway_version": "`v1` (REST API) or `v2` (HTTP API)",
    "architecture": "checked: the packages must be for it",
    "assume_policy": _ROLE,
    "async_resources": _ASYNC,
    "async_response_table": _ASYNC,
    "async_response_table_read_capacity": _ASYNC,
    "async_response_table_write_capacity": _ASYNC,
    "async_source": _ASYNC,
    "attach_policy": "the role's policy, in which `${function}` and the like are filled in",
    "authorizer": _REST,
    "aws_endpoint_urls": _DEPLOYING,
    "aws_environment_variables": "Terraform's outputs and the secrets join them",
    "aws_kms_key_arn": "the role may decrypt with it",
    "aws_region": "checked: Terraform's must be the same",
    "base_path": "becomes `DJANGO_SCRIPT_NAME`, unless that is set",
    "bot_events": "events that are not HTTP go to Zappa's handler",
    "cache_cluster_enabled": _REST,
    "cache_cluster_encrypted": _REST,
    "cache_cluster_size": _REST,
    "cache_cluster_ttl": _REST,
    "callbacks": "ours must stay",
    "certificate": _DOMAIN,
    "certificate_arn": _DOMAIN,
    "certificate_chain": _DOMAIN,
    "certificate_key": _DOMAIN,
    "cloudwatch_data_trace": _REST,
    "cloudwatch_log_level": _REST,
    "cloudwatch_metrics_enabled": _REST,
    "cognito": "events that are not HTTP go to Zappa's handler",
    "dead_letter_arn": "the role may send to it",
    "delete_local_zip": _DEPLOYING,
    "delete_s3_zip": _DEPLOYING,
    "django_settings": "becomes `DJANGO_SETTINGS_MODULE`, unless that is set",
    "domain": _DOMAIN,
    "endpoint_configuration": _REST,
    "ephemeral_storage": _LAMBDA,
    "events": "events that are not HTTP go to Zappa's handler",
    "exception_handler": "for events that are not HTTP",
    "extends": "what it drops of `aws_environment_variables` is filled in",
    "extra_permissions": _ROLE,
    "function_url_cloudfront_config": "set `PUBLIC_URL` to its address",
    "function_url_config": _LAMBDA,
    "function_url_domains": "name them in `ALLOWED_HOSTS`",
    "function_url_enabled": "name it in `ALLOWED_HOSTS`",
    "iam_authorization": _GATEWAY,
    "keep_warm": "a ping keeps the connection open too",
    "keep_warm_expression": "with `keep_warm`",
    "lambda_concurrency": "by Lambda; wins over Terraform's number",
    "lambda_description": _LAMBDA,
    "layers": _LAMBDA,
    "lets_encrypt_key": _DOMAIN,
    "log_level": "Zappa's own lines; the service has `LOG_LEVEL`",
    "manage_roles": _ROLE,
    "memory_size": _LAMBDA,
    "num_retained_versions": _LAMBDA,
    "payload_compression": _REST,
    "payload_minimum_compression_size": _REST,
    "prebuild_script": _DEPLOYING,
    "profile_name": _DEPLOYING,
    "project_name": "part of the function's name",
    "provisioned_concurrency": "the role may be invoked by its aliases",
    "role_arn": _ROLE,
    "role_name": "for the stage that sets it; it is not inherited",
    "route53_enabled": _DOMAIN,
    "runtime": "checked: the packages must be for it",
    "s3_bucket": "a bucket of yours is kept, Zappa's own is deleted",
    "snap_start": "the role may be invoked by its aliases",
    "tags": _LAMBDA,
    "timeout_seconds": _LAMBDA,
    "touch": _DEPLOYING,
    "touch_path": _DEPLOYING,
    "use_apigateway": _GATEWAY,
    "websocket_handler_module": "events that are not HTTP go to Zappa's handler",
    "xray_tracing": "the role may send traces",
}


def check(config: Mapping[str, Any]) -> None:
    """Raise ClickException for the keys of a stage that would be ignored, all of them at once."""
    ignored = [
        f"'{key}' has no effect on requests here: {refusal.instead}."
        for key, refusal in REFUSED.items()
        if key in config and config[key] not in refusal.harmless
    ]
    if ignored:
        raise ClickException("zappa_settings.json: " + " ".join(ignored))


def table() -> str:
    """The three lists as Markdown, for docs/deploy.md."""
    rows = [(key, "honoured", note) for key, note in HONOURED.items()]
    rows += [(key, "refused", refusal.instead) for key, refusal in REFUSED.items()]
    rows += [(key, "without effect", note) for key, note in IDLE.items()]
    lines = [f"| `{key}` | {verdict} | {note} |" for key, verdict, note in sorted(rows)]
    return "\n".join(["| key | here | how, or what to use instead |", "|---|---|---|", *lines])
