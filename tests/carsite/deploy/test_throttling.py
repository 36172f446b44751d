"""The call to an HTTP API's stage, which moto does not have; REST APIs are in test_by_hand.py."""

from __future__ import annotations

import boto3
from botocore.stub import Stubber

from carsite.deploy import throttling
from tests.carsite.deploy.fake_zappa import zappa


def test_the_stage_of_an_http_api_gets_the_limits() -> None:
    client = boto3.client(
        "apigatewayv2", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )
    cli = zappa("dsql")
    cli.use_apigateway, cli.apigateway_version = True, "v2"
    cli.zappa.get_api_id = lambda name, apigateway_version: "a1b2c3d4e5"
    cli.zappa.boto_client = lambda service: client
    with Stubber(client) as stub:
        limits = {"ThrottlingRateLimit": 20.5, "ThrottlingBurstLimit": 40}
        expected = {"ApiId": "a1b2c3d4e5", "StageName": "dsql", "DefaultRouteSettings": limits}
        stub.add_response("update_stage", {}, expected)
        throttling.throttle(cli, {"rate": 20.5, "burst": 40})
        stub.assert_no_pending_responses()
