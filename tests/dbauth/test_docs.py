"""docs/dbauth.md describes the product that is there."""

import re
from pathlib import Path

import pytest

from dbauth.defaults import ANSWER_SECONDS, CONNECT_SECONDS
from dbauth.dsql.login import DSQLLogin
from dbauth.iam.login import DEFAULTS
from dbauth.liveness import IDLE_CHECK_SECONDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "dbauth.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", TEXT, re.MULTILINE))


def test_every_option_of_the_backend_is_described():
    assert set(ROWS) >= DSQLLogin.own_options | {"sslrootcert", "hostaddr"}


@pytest.mark.parametrize(
    ("option", "default"),
    [
        ("sslmode", f"`{DEFAULTS['sslmode']}`"),
        ("gssencmode", f"`{DEFAULTS['gssencmode']}`"),
        *((name, str(value)) for name, value in DEFAULTS.items() if isinstance(value, int)),
        ("connect_timeout", str(CONNECT_SECONDS)),
        ("answer_seconds", str(ANSWER_SECONDS)),
        ("idle_check_seconds", str(IDLE_CHECK_SECONDS)),
    ],
)
def test_defaults_are_what_the_page_says(option, default):
    assert ROWS[option] == default
