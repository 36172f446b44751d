"""What a user exports does not reach what is tested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rig import environment

# As found on machines of people who work with AWS, PostgreSQL and Django.
HOSTILE = {
    "TF_CLI_CONFIG_FILE": "/nowhere",
    "TF_LOG": "trace",
    "TF_VAR_database_password": "theirs",
    "PGHOST": "nowhere",
    "PGUSER": "nobody",
    "PGSSLMODE": "disable",
    "PGSERVICE": "none",
    "PGOPTIONS": "-cfoo=bar",
    "PGSSLROOTCERT": "/nowhere",
    "AWS_PROFILE": "none",
    "AWS_REGION": "eu-north-1",
    "AWS_DEFAULT_REGION": "eu-north-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_LAMBDA_FUNCTION_NAME": "theirs",
    "DATABASE_URL": "mysql://x",
    "DATABASE_PASSWORD": "theirs",
    "DJANGO_SETTINGS_MODULE": "none",
    "DJANGO_SECRET_KEY": "theirs",
    "ALLOWED_HOSTS": "none",
    "PYTHONPATH": "/nowhere",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "LANG": "C",
    "LC_ALL": "POSIX",
    "TZ": "Asia/Kathmandu",
    "LOG_LEVEL": "CRITICAL",
    "DEPLOY_OUTPUTS": "/nowhere",
    "CARS_WRITES_REQUIRE_LOGIN": "true",
    "PIP_TARGET": "/nowhere",
}


def test_of_what_a_user_exports_only_the_harmless_is_kept() -> None:
    kept = environment.settled_from({**HOSTILE, "PATH": "/bin", "HOME": "/home/jane"})
    visible = {name for name in kept if not name.startswith(environment.ASIDE)}
    assert visible.isdisjoint(HOSTILE.keys() - {"LANG"})
    assert (kept["PATH"], kept["HOME"], kept["LANG"]) == ("/bin", "/home/jane", "C.UTF-8")
    assert environment.settled_from(kept) == kept


def test_a_child_gets_little_but_what_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)
    given = environment.child(DATABASE_URL="sqlite:///x")
    assert given.keys() & HOSTILE.keys() == {"DATABASE_URL", "LANG"}
    assert (given["DATABASE_URL"], given["LANG"]) == ("sqlite:///x", "C.UTF-8")


def test_terraform_alone_knows_the_users_way_to_its_providers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(f"{environment.ASIDE}TF_CLI_ARGS_init", "-plugin-dir=/mirror")
    monkeypatch.setenv(f"{environment.ASIDE}HTTPS_PROXY", "http://proxy.example.com")
    found = environment.terraform()
    assert found["TF_CLI_ARGS_init"] == "-plugin-dir=/mirror"
    assert found["HTTPS_PROXY"] == "http://proxy.example.com"
    assert "127.0.0.1" in found["NO_PROXY"]
    assert "TF_CLI_ARGS_init" not in environment.child()


@pytest.mark.parametrize(
    "command",
    [
        *("tests.rehearsal", "tests.rig.stages", "tests.django_suite", "tests.third_party"),
        "benchmarks",
    ],
)
def test_a_command_does_not_see_it_even_while_it_is_imported(root: Path, command: str) -> None:
    """boto3 looks for AWS_PROFILE as soon as moto is imported."""
    done = subprocess.run(
        [sys.executable, "-E", "-c", f"import {command}.__main__, os; print(*os.environ)"],
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **HOSTILE},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()).isdisjoint(HOSTILE.keys() - {"LANG"})


def test_ctrl_c_ends_what_is_started_from_the_background(root: Path) -> None:
    asks = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    starts = (
        f"import tests.rig.isolation, subprocess, sys; subprocess.run([*sys.argv[1:], '{asks}'])"
    )
    python = [sys.executable, "-c"]
    # As a shell without job control starts what ends with an ampersand.
    background = ["sh", "-c", 'trap "" INT; exec "$0" "$@"', *python, starts, *python]
    done = subprocess.run(
        background, cwd=root, capture_output=True, text=True, timeout=600, check=True
    )
    assert done.stdout == "True\n"


@pytest.mark.parametrize("workers", ["0", "1"])
def test_the_suite_itself_does_not_see_what_is_exported(root: Path, workers: str) -> None:
    """Tests of models, settings and commands, as someone runs them whose shell is full."""
    tests = [
        "tests/cars/test_migrations.py",
        "tests/carsite/settings/test_settings.py::test_a_required_variable_that_is_missing_is_named",
        "tests/rig/test_environment.py::test_a_child_gets_little_but_what_it_is_given",
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-E",
            "-m",
            "pytest",
            "-q",
            "-n",
            workers,
            "-p",
            "no:cacheprovider",
            *tests,
        ],
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **HOSTILE},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        umask=0o077,
    )
    assert done.returncode == 0, done.stdout
