"""HTTP APIs in a stack: moto makes them through API Gateway's own calls alone, Zappa in a stack."""

from __future__ import annotations

from typing import Any

from moto.apigatewayv2.models import apigatewayv2_backends
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

Json = dict[str, Any]


def support() -> None:
    """Let stacks have HTTP APIs, from now on and in this process."""
    # Whatever was looked up before did not know the classes below.
    for known in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        known.cache_clear()


class _Part:
    """A resource of a stack; `physical_resource_id` is what a Ref to it gives."""

    kind: str

    def __init__(self, physical_resource_id: str) -> None:
        self.physical_resource_id = physical_resource_id

    @classmethod
    def cloudformation_type(cls) -> str:
        return f"AWS::ApiGatewayV2::{cls.kind}"

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Json,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        backend = apigatewayv2_backends[account_id][region_name]
        return cls(cls.make(backend, cloudformation_json["Properties"]))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Any, *_: Any, **__: Any) -> Any:
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        """Whatever is below an API goes with it."""

    @classmethod
    def make(cls, backend: Any, properties: Json) -> str:
        raise NotImplementedError


class HttpApi(_Part, CloudFormationModel):
    kind = "Api"

    @classmethod
    def make(cls, backend: Any, properties: Json) -> str:
        names = ("api_key_selection_expression", "disable_schema_validation", "version")
        more = dict.fromkeys((*names, "disable_execute_api_endpoint", "route_selection_expression"))
        api = backend.create_api(
            name=properties["Name"],
            description=properties["Description"],
            protocol_type=properties["ProtocolType"],
            cors_configuration=None,
            tags={},
            **more,
        )
        return str(api.api_id)

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Json, account_id: str, region_name: str
    ) -> None:
        apigatewayv2_backends[account_id][region_name].delete_api(resource_name)


class HttpIntegration(_Part, CloudFormationModel):
    kind = "Integration"

    @classmethod
    def make(cls, backend: Any, properties: Json) -> str:
        made = backend.get_api(properties["ApiId"]).create_integration(
            connection_type=None,
            description=None,
            integration_method="POST",
            integration_type=properties["IntegrationType"],
            integration_uri=properties["IntegrationUri"],
            payload_format_version=properties["PayloadFormatVersion"],
        )
        return str(made.id)


class HttpRoute(_Part, CloudFormationModel):
    kind = "Route"

    @classmethod
    def make(cls, backend: Any, properties: Json) -> str:
        made = backend.get_api(properties["ApiId"]).create_route(
            api_key_required=False,
            authorization_scopes=None,
            route_key=properties["RouteKey"],
            target=properties["Target"],
            authorization_type=properties["AuthorizationType"],
        )
        return str(made.route_id)


class HttpStage(_Part, CloudFormationModel):
    kind = "Stage"

    @classmethod
    def make(cls, backend: Any, properties: Json) -> str:
        names = {"stageName": "StageName", "autoDeploy": "AutoDeploy"}
        config = {ours: properties[theirs] for ours, theirs in names.items()}
        backend.get_api(properties["ApiId"]).create_stage(config)
        return str(properties["StageName"])
