"""A client that a generator made from the document calls every operation."""

from __future__ import annotations

import base64
import importlib
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.contrib.auth.models import User
from django.core.wsgi import get_wsgi_application
from pytest_django.fixtures import Settings

from tests.rig.environment import child

pytestmark = pytest.mark.django_db(transaction=True)  # as in production: a POST is in autocommit

NAME = "generated_cars_client"
LOGIN = "writer:a-password-for-tests"


@pytest.fixture(scope="module")
def generated(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The generated package: operations, models, client. The generator may not warn."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "config.yaml").write_text("post_hooks: []\n")
    subprocess.run(
        [
            *(sys.executable, "-E", "-m", "openapi_python_client", "generate", "--meta=none"),
            *("--fail-on-warning", f"--config={folder / 'config.yaml'}"),
            *(f"--path={root / 'carsite' / 'openapi.json'}", f"--output-path={folder / NAME}"),
        ],
        cwd=folder,
        env=child(),
        check=True,
        timeout=600,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        client, models = (
            importlib.import_module(f"{NAME}.{name}") for name in ("client", "models")
        )
        operations = {
            name: importlib.import_module(f"{NAME}.api.cars.cars_{name}").sync_detailed
            for name in ("list", "create", "retrieve")
        }
        yield SimpleNamespace(client=client, models=models, **operations)


# The service itself, without a socket or a thread.
SERVICE = {
    "base_url": "http://testserver",
    "httpx_args": {"transport": httpx.WSGITransport(get_wsgi_application()), "trust_env": False},
}


@pytest.fixture
def client(generated: Any) -> Any:
    return generated.client.Client(**SERVICE)


def test_every_operation_answers_what_its_client_expects(generated: Any, client: Any) -> None:
    create, models = generated.create, generated.models
    saab = models.CarRequest(make="Saab", model="96", year=1967)
    first = create(client=client, body=saab, idempotency_key="a")
    assert (first.status_code, type(first.parsed)) == (HTTPStatus.CREATED, models.Car)
    assert isinstance(first.parsed.id, UUID)
    assert (first.parsed.vin, first.parsed.color, first.parsed.mileage) == (None, None, 0)
    assert create(client=client, body=saab, idempotency_key="a").parsed == first.parsed
    assert create(client=client, body=saab).parsed.id != first.parsed.id
    found = generated.retrieve(client=client, id=str(first.parsed.id))
    assert found.parsed == first.parsed

    page = generated.list(client=client, make="Saab", year_min=1960, page_size=1).parsed
    assert [car.make for car in page.results] == ["Saab"]
    cursor = page.next_.partition("cursor=")[2].partition("&")[0]
    rest = generated.list(client=client, page_size=1, cursor=cursor.replace("%3D", "=")).parsed
    assert rest.results == [first.parsed]
    assert rest.next_ is None


def test_errors_are_what_a_client_expects(generated: Any, client: Any) -> None:
    create, models = generated.create, generated.models
    wrong = create(client=client, body=models.CarRequest(make="Saab", model="96", year=1))
    assert wrong.status_code == HTTPStatus.BAD_REQUEST
    (messages,) = wrong.parsed.additional_properties.values()
    assert messages == ["Ensure this value is greater than or equal to 1886."]
    create(client=client, body=models.CarRequest("Saab", "96", 1967), idempotency_key="a")
    reused = create(client=client, body=models.CarRequest("Saab", "95", 1967), idempotency_key="a")
    missing = generated.retrieve(client=client, id="none")
    for answer, status in ((reused, 422), (missing, 404)):
        assert (answer.status_code, type(answer.parsed)) == (status, models.Detail)
    assert generated.list(client=client, cursor="x").parsed.detail == "Invalid cursor"
    assert generated.list(client=client, make="x" * 101).status_code == HTTPStatus.BAD_REQUEST


def test_a_client_signs_in_as_the_document_says(
    generated: Any, client: Any, settings: Settings
) -> None:
    settings.CARS_WRITES_REQUIRE_LOGIN = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # at once
    User.objects.create_user("writer", password=LOGIN.partition(":")[2])
    body = generated.models.CarRequest(make="Saab", model="96", year=1967)
    refused = generated.create(client=client, body=body)
    assert (refused.status_code, type(refused.parsed)) == (401, generated.models.Detail)
    known = generated.client.AuthenticatedClient(
        token=base64.b64encode(LOGIN.encode()).decode(), prefix="Basic", **SERVICE
    )
    assert generated.create(client=known, body=body).status_code == HTTPStatus.CREATED
