"""The settings as a process meets them: what is required, what is checked, what is secure."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rig import forked
from tests.rig.certificates import issue

URL = "postgresql://cars:s3cret-p4ssword@db.example.com:5432/cars"
REGULAR = {
    "DJANGO_SETTINGS_MODULE": "carsite.settings.regular",
    "DJANGO_SECRET_KEY": "a-key-that-is-long-enough-and-random-enough-for-the-tests-0123456789",
    "AWS_REGION": "eu-central-1",
}


def python(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def check(**environment: str) -> subprocess.CompletedProcess[str]:
    command = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    return forked.python(*command, environment=environment)


def value(expression: str, **environment: str) -> object:
    """A setting's value in a process of its own."""
    code = f"import json; from django.conf import settings; print(json.dumps({expression}))"
    done = forked.python("-c", code, environment=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def ca(tmp_path: Path) -> str:
    return str(issue(tmp_path, "db.example.com").ca)


def test_the_deploy_check_of_the_regular_stage_is_clean(ca: str) -> None:
    done = check(DATABASE_URL=f"{URL}?sslrootcert={ca}", **REGULAR)
    assert (done.returncode, done.stdout + done.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


def test_missing_roots_are_an_error_that_names_the_command(tmp_path: Path) -> None:
    done = check(DATABASE_URL=f"{URL}?sslrootcert={tmp_path}/none.pem", **REGULAR)
    assert done.returncode == 1
    assert "carsite.E001" in done.stderr
    assert "manage.py fetch_rds_ca" in done.stderr


@pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-ca"])
def test_unverified_tls_is_a_warning(ca: str, mode: str) -> None:
    done = check(DATABASE_URL=f"{URL}?sslmode={mode}&sslrootcert={ca}", **REGULAR)
    assert done.returncode == 1
    assert "carsite.W001" in done.stderr
    assert f"'{mode}'" in done.stderr


@pytest.mark.parametrize("missing", ["DATABASE_URL", "DJANGO_SECRET_KEY", "AWS_REGION"])
def test_a_required_variable_that_is_missing_is_named(missing: str) -> None:
    environment = {"DATABASE_URL": URL, **REGULAR}
    del environment[missing]
    done = check(**environment)
    assert done.returncode != 0
    assert f"Set the {missing} environment variable" in done.stderr


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://cars:x@db.example.com/cars", "begins with 'mysql://'"),
        ("dsql://cars@db.example.com/cars", "begins with 'dsql://'"),
        ("postgresql://cars:x/y@db.example.com/cars", "percent-encode"),
        ("postgresql:///cars", "has no host and no user"),
        ("postgresql://cars:x@db.example.com", "has no name"),
        ("", "is no URL"),
    ],
)
def test_a_database_url_of_another_kind_says_what_is_expected(url: str, says: str) -> None:
    done = check(DATABASE_URL=url, **REGULAR)
    assert done.returncode != 0
    assert says in done.stderr
    assert "postgresql://user:password@host:5432/database" in done.stderr


def test_no_error_shows_the_password(tmp_path: Path) -> None:
    urls = [
        f"{URL}?sslrootcert={tmp_path}/none.pem",
        URL.replace("postgresql", "pq"),
        "postgresql://cars:s3cret/p4ss@db.example.com/cars",
        "postgresql://cars:s3cret:1@db.example.com:x/cars",
        "s3cret-in-the-wrong-variable",
    ]
    for url in urls:
        done = check(DATABASE_URL=url, **REGULAR)
        assert done.returncode != 0
        assert "s3cret" not in done.stdout + done.stderr


def test_options_of_the_url_win_over_the_defaults() -> None:
    options = value(
        "settings.DATABASES['default']['OPTIONS']",
        DATABASE_URL=f"{URL}?connect_timeout=9&sslrootcert=/x.pem",
        **REGULAR,
    )
    assert options == {
        "sslmode": "verify-full",
        "sslrootcert": "/x.pem",
        "connect_timeout": 9,
        "target_session_attrs": "read-write",
        "options": "-c statement_timeout=25s -c lock_timeout=10s",
    }


@pytest.mark.parametrize(
    ("host", "bounded"),
    [
        ("cars.cluster-c9akciq32.us-east-1.rds.amazonaws.com", True),
        ("cars.proxy-c9akciq32.us-east-1.rds.amazonaws.com", False),
    ],
    ids=["Aurora", "RDS Proxy, which refuses command-line options"],
)
@pytest.mark.parametrize(
    ("scheme", "environment"),
    [
        ("postgresql://cars:s3cret", REGULAR),
        ("rds-iam://cars", {**REGULAR, "DJANGO_SETTINGS_MODULE": "carsite.settings.dsql"}),
    ],
    ids=["password", "IAM"],
)
def test_every_aurora_postgresql_has_the_same_limits(
    scheme: str, environment: dict[str, str], host: str, bounded: bool
) -> None:
    options: Any = value(
        "settings.DATABASES['default']['OPTIONS']",
        DATABASE_URL=f"{scheme}@{host}:5432/cars",
        **environment,
    )
    assert ("statement_timeout=25s" in options.get("options", "")) == bounded
    assert ("lock_timeout=10s" in options.get("options", "")) == bounded
    assert options["target_session_attrs"] == "read-write"


def test_hosts_are_those_of_api_gateway_unless_told_otherwise() -> None:
    hosts = value("settings.ALLOWED_HOSTS", DATABASE_URL=URL, **REGULAR)
    assert hosts == [".execute-api.eu-central-1.amazonaws.com"]
    told = value(
        "settings.ALLOWED_HOSTS",
        DATABASE_URL=URL,
        ALLOWED_HOSTS="cars.example.com, 127.0.0.1",
        **REGULAR,
    )
    assert told == ["cars.example.com", "127.0.0.1"]


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("eusc-de-east-1", "amazonaws.eu"),
    ],
)
def test_hosts_are_those_of_the_regions_partition(region: str, suffix: str) -> None:
    given = REGULAR | {"AWS_REGION": region}
    hosts = value("settings.ALLOWED_HOSTS", DATABASE_URL=URL, **given)
    assert hosts == [f".execute-api.{region}.{suffix}"]


def test_the_local_settings_never_start_in_lambda(root: Path) -> None:
    """Their pages of DEBUG name the database, and their secret key is public."""
    for named in ({}, {"DJANGO_SETTINGS_MODULE": "carsite.settings.local"}):
        done = python(
            root,
            *("-c", "import carsite.lambda_handler"),
            AWS_LAMBDA_FUNCTION_NAME="cars-regular",
            **named,
        )
        assert done.returncode == 1
        assert "Set DJANGO_SETTINGS_MODULE in aws_environment_variables" in done.stderr


@pytest.mark.parametrize(
    ("environment", "forced"),
    [
        ({}, None),
        ({"DJANGO_SCRIPT_NAME": ""}, ""),
        ({"DJANGO_SCRIPT_NAME": "/base"}, "/base"),
    ],
)
def test_the_prefix_is_each_requests_unless_it_is_set(
    environment: dict[str, str], forced: str | None
) -> None:
    given = {**REGULAR, **environment}
    assert value("settings.FORCE_SCRIPT_NAME", DATABASE_URL=URL, **given) == forced


@pytest.mark.parametrize(
    ("variable", "nonsense"),
    [("CARS_WRITES_REQUIRE_LOGIN", "enabled"), ("DJANGO_SCRIPT_NAME", "regular")],
)
def test_a_value_that_cannot_be_understood_stops_the_process(variable: str, nonsense: str) -> None:
    done = check(DATABASE_URL=URL, **REGULAR, **{variable: nonsense})
    assert done.returncode != 0
    assert f"{variable} is '{nonsense}'" in done.stderr


@pytest.mark.parametrize(("given", "meant"), [("TRUE", True), ("1", True), ("no", False)])
def test_a_flag_is_understood(given: str, meant: bool) -> None:
    value_ = value(
        "settings.CARS_WRITES_REQUIRE_LOGIN",
        DATABASE_URL=URL,
        CARS_WRITES_REQUIRE_LOGIN=given,
        **REGULAR,
    )
    assert value_ is meant


def test_the_driver_is_psycopg2(root: Path) -> None:
    """Django takes psycopg 3 as soon as it is installed, and dbauth is written for psycopg2."""
    code = (
        "import django; django.setup(); "
        "from django.db.backends.postgresql.psycopg_any import is_psycopg3; print(is_psycopg3)"
    )
    done = python(root, "-c", code, DATABASE_URL=URL, **REGULAR)
    assert done.stdout == "False\n", done.stderr


def test_requests_are_logged_as_json_with_their_id(root: Path, ca: str) -> None:
    code = (
        "import django; django.setup(); from django.test import Client; "
        "Client().get('/nowhere', secure=True, headers={'host': 'a.execute-api.eu-central-1."
        "amazonaws.com', 'x-request-id': 'abc-1'})"
    )
    url = f"{URL}?sslrootcert={ca}"
    done = python(root, "-c", code, DATABASE_URL=url, STATIC_ROOT=str(root), **REGULAR)
    line = json.loads(done.stdout)
    assert (line["level"], line["logger"]) == ("INFO", "carsite.request")
    assert line["client_request_id"] == "abc-1"
    assert re.fullmatch("[0-9a-f]{32}", line["request_id"])
    assert line["message"].startswith("GET - 404 ")


def test_the_deployed_stages_have_all_local_middleware_in_the_same_order(root: Path) -> None:
    given = {
        "ADMIN_TWO_FACTORS": "true",
        "CORS_ALLOWED_ORIGINS": "https://app.example.com",
        "DATABASE_URL": URL,
        **REGULAR,
    }
    code = "import carsite.settings.base as base, carsite.settings.aws as aws, json"
    show = "print(json.dumps([base.MIDDLEWARE, aws.MIDDLEWARE]))"
    done = python(root, "-c", f"{code}; {show}", **given)
    assert done.returncode == 0, done.stderr
    local, deployed = json.loads(done.stdout)
    assert [each for each in deployed if each in local] == local
