"""What `make verify` says of a service that does not work. tests/contract/ has those that do."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

import django.test
import pytest
from django.contrib.staticfiles import finders
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from carsite.verify import __main__ as command
from carsite.verify.client import Answer, Client, FailedError, HttpClient
from carsite.verify.report import verify

pytestmark = pytest.mark.django_db
SITE = "https://testserver"


class InProcess(Client):
    """Django of this process, as if a gateway with this stage were before it."""

    def __init__(self, stage: str = "", *, strips: bool = True) -> None:
        super().__init__(SITE + stage)
        self.stage, self.strips = stage, strips
        self.django = django.test.Client(raise_request_exception=False)

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        address = urlsplit(url)
        if not address.path.startswith(self.stage):
            return answered(url, 403, {}, b'{"message": "Forbidden"}')
        path = address.path[len(self.stage) :] if self.strips else address.path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            return answered(url, 200 if found else 404, {}, b"")
        answer: Any = self.django.generic(
            method,
            f"{path or '/'}?{address.query}",
            body or b"",
            headers.get("Content-Type", "application/json"),
            secure=True,
            headers=dict(headers),
        )
        return answered(url, answer.status_code, dict(answer.items()), answer.content)


def answered(url: str, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    message = Message()
    for name, value in headers.items():
        message[name] = value
    return Answer(url, status, message, body, 0.001)


@pytest.fixture
def client() -> InProcess:
    return InProcess()


def failures(client: Client) -> dict[str, str]:
    """What was seen by the checks that failed."""
    return {each.name: each.seen for each in verify(client, {}) if not each.passed}


def test_a_service_without_fault_passes(client: InProcess) -> None:
    results = list(verify(client, {}))
    assert all(each.passed for each in results), results
    assert str(results[0]) == f"ok     reached      {SITE}"
    assert [each.name for each in results[:3]] == ["reached", "database", "times"]
    assert "first 1 ms, then 1 ms" in str(results[2])


def test_no_migrations(client: InProcess) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cars_car RENAME TO elsewhere")
    assert failures(client) == {
        "database": "there are no tables: run 'zappa manage STAGE migrate'."
    }


def test_a_database_that_is_away(client: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def execute(*_: object) -> None:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(CursorWrapper, "execute", execute)
    found = failures(client)
    assert list(found) == ["database"]
    assert "'zappa manage STAGE dbdoctor' names the cause" in found["database"]


def test_what_reads_the_database_is_skipped_without_it(
    client: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def execute(*_: object) -> None:
        raise OperationalError("could not connect to server")

    monkeypatch.setattr(CursorWrapper, "execute", execute)
    given = {"VERIFY_USER": "keeper", "VERIFY_PASSWORD": "secret"}
    skipped = [each for each in verify(client, given) if each.skipped]
    assert [each.name for each in skipped] == ["times", "list", "unknown car", "pages", "a car"]
    assert str(skipped[0]) == "skip   times        needs the database"


def test_how_long_an_error_takes_is_no_time(client: InProcess) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cars_car RENAME COLUMN make TO elsewhere")
    assert " answers 50" in failures(client)["times"]


def test_a_host_that_is_not_allowed(client: InProcess, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["cars.example.com"]
    found = failures(client)
    assert list(found) == ["reached"]
    assert "answers 400" in found["reached"]
    assert "ALLOWED_HOSTS" in found["reached"]


def test_a_static_file_that_is_missing(client: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    find = finders.find
    monkeypatch.setattr(
        finders, "find", lambda path: None if path == "carsite/docs.js" else find(path)
    )
    found = failures(client)
    assert list(found) == ["pages"]
    assert f"{SITE}/static/carsite/docs.js" in found["pages"]


def test_a_stage_that_is_not_stripped() -> None:
    found = failures(InProcess("/dsql", strips=False))
    assert list(found) == ["reached"]
    assert "answers 404" in found["reached"]
    assert "the stage is not taken off it" in found["reached"]


def test_links_that_lack_the_stage() -> None:
    found = failures(InProcess("/dsql"))
    assert f"leads to {SITE}/cars, not to {SITE}/dsql/cars" in found["root"]
    assert "static files are missing" in found["pages"]


def test_a_url_that_lacks_the_stage() -> None:
    client = InProcess("/dsql")
    client.url = SITE
    assert "must end in the stage" in failures(client)["reached"]


def test_the_exit_status_tells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def send(*_: object, **__: object) -> None:
        raise FailedError("no answer from https://nowhere.invalid/health")

    monkeypatch.setattr(HttpClient, "send", send)
    assert command.main(["https://nowhere.invalid/dsql"]) == 1
    assert "FAILED reached      no answer from" in capsys.readouterr().out
    assert command.main([""]) == 2
    assert "make verify URL=" in capsys.readouterr().err


def test_a_login_that_the_admin_refuses(client: InProcess) -> None:
    given = {"VERIFY_USER": "keeper", "VERIFY_PASSWORD": "wrong"}
    (failed,) = [each for each in verify(client, given) if not each.passed]
    assert failed.name == "a car"
    assert "VERIFY_USER" in failed.seen
    assert "wrong" not in failed.seen
