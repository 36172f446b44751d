"""How many containers a function may have, as far as the account can reserve them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from carsite.deploy import concurrency
from tests.carsite.deploy.fake_zappa import zappa


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "GetAccountSettings")


class Account:
    """As much of boto3's client as knows how many containers are unreserved."""

    def __init__(self, unreserved: int | None, code: str = "AccessDeniedException") -> None:
        self.unreserved, self.code = unreserved, code

    def get_account_settings(self) -> dict[str, Any]:
        if self.unreserved is None:
            raise refusal(self.code)
        return {"AccountLimit": {"UnreservedConcurrentExecutions": self.unreserved}}


@pytest.mark.parametrize(
    ("unreserved", "reserved", "expected"),
    [
        (1000, 0, 320),
        # 100 must stay unreserved, or Lambda refuses.
        (400, 0, 300),
        # What the function has already is its own.
        (100, 320, 320),
        (None, 0, 320),
    ],
)
def test_what_the_account_can_spare_is_reserved(
    unreserved: int | None, reserved: int, expected: int
) -> None:
    assert concurrency.affordable(Account(unreserved), 320, reserved) == expected


def test_an_account_that_cannot_be_asked_for_another_reason_is_an_error() -> None:
    with pytest.raises(ClientError, match="TooManyRequestsException"):
        concurrency.affordable(Account(None, "TooManyRequestsException"), 320, 0)


@pytest.mark.parametrize(("unreserved", "wanted"), [(10, 320), (1000, 1280), (50, 16)])
def test_an_account_that_has_too_few_deploys_all_the_same(
    unreserved: int, wanted: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """New accounts begin with ten containers, of which none can be reserved."""
    assert concurrency.affordable(Account(unreserved), wanted, 0) is None
    assert f"has {unreserved} containers left" in capsys.readouterr().out


def test_the_stages_own_setting_wins() -> None:
    cli = zappa("dsql", lambda_concurrency=8)
    cli.lambda_concurrency = 8
    concurrency.bound(cli, 320)
    assert cli.lambda_concurrency == 8


@pytest.mark.parametrize(
    ("reserved", "terraforms", "expected"), [(0, 320, 0), (16, 320, 320), (16, None, 16)]
)
def test_a_closed_function_stays_closed_and_any_other_has_terraforms_number(
    monkeypatch: pytest.MonkeyPatch, reserved: int, terraforms: int | None, expected: int
) -> None:
    cli = zappa("dsql", command="update")
    client = cli.zappa.lambda_client
    answer = {"Concurrency": {"ReservedConcurrentExecutions": reserved}}
    monkeypatch.setattr(client, "get_function", lambda FunctionName: answer)  # noqa: N803 - AWS's
    monkeypatch.setattr(
        client, "get_account_settings", Account(1000).get_account_settings, raising=False
    )
    concurrency.bound(cli, terraforms)
    assert cli.lambda_concurrency == expected
