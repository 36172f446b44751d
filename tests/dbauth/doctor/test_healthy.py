"""With everything in order each engine passes each of its steps."""

import json

import pytest

from tests.dbauth.doctor.conftest import PASSWORD, doctor
from tests.dbauth.site import manage
from tests.rig.front_door import CREDENTIALS, TEMPORARY

NETWORK = ["name", "tcp", "tls"]
AT_WORK = ["role", "schema", "migrations", "write", "clock", "round-trip"]
IAM = ["settings", "region", "credentials", *NETWORK, "token", "login", *AT_WORK]


def steps(report):
    return [step["step"] for step in report["steps"]]


def details(report):
    return {step["step"]: step.get("detail") for step in report["steps"]}


def test_aurora_with_iam_passes_every_step(aurora, rds):
    status, report = doctor(aurora(), **rds.environment())
    assert (status, report["ok"], steps(report)) == (0, True, IAM), report
    found = details(report)
    assert found["region"] == "us-east-1, from HOST"
    assert CREDENTIALS.access_key in found["credentials"]
    assert "TLSv1.3, chain and name verified" in found["tls"]
    assert "PostgreSQL 18" in found["login"]
    assert found["migrations"].endswith("none pending")


def test_dsql_passes_every_step(cluster, dsql_gate):
    status, report = doctor(cluster(), **dsql_gate.environment())
    assert (status, report["ok"], steps(report)) == (0, True, IAM), report
    assert details(report)["schema"] == "yard, where keeper may make tables"


def test_dsql_leaves_no_row_behind(cluster, dsql_gate, server):
    doctor(cluster(), **dsql_gate.environment())
    rows = "SELECT count(*) FROM yard.django_migrations WHERE app = 'dbdoctor'"
    assert server.execute(rows, "doctor_dsql") == [(0,)]


def test_a_password_needs_no_iam_steps(regular):
    status, report = doctor(regular())
    expected = ["settings", *NETWORK, "login", *AT_WORK]
    assert (status, report["ok"], steps(report)) == (0, True, expected), report


def test_sqlite_has_few_steps(tmp_path):
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3")}
    assert manage(settings, "migrate").returncode == 0
    status, report = doctor(settings)
    expected = ["settings", "login", "migrations", "write", "round-trip"]
    assert (status, report["ok"], steps(report)) == (0, True, expected)


def test_the_report_for_people_is_plain_lines_that_fit_into_the_tail_of_a_log(aurora, rds):
    done = manage(aurora(), "dbdoctor", EXTRA_APPS='["dbauth"]', **rds.environment())
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", step] for step in IAM]
    assert done.stdout.isascii()
    assert len(done.stdout) < 3000


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_no_report_shows_a_secret(aurora, rds, arguments):
    variables = rds.environment(TEMPORARY) | {"EXTRA_APPS": '["dbauth"]'}
    done = manage(aurora(), "dbdoctor", *arguments, **variables)
    assert done.returncode == 0
    written = done.stdout + done.stderr
    for secret in (TEMPORARY.secret_key, str(TEMPORARY.session_token), "X-Amz-Signature"):
        assert secret not in written
    assert TEMPORARY.access_key in written


def test_no_report_shows_a_password(regular):
    for settings in (regular(), regular(USER="nobody"), regular({"sslmode": "nonsense"})):
        done = manage(settings, "dbdoctor", EXTRA_APPS='["dbauth"]')
        assert "login" in done.stdout or "tls" in done.stdout
        assert PASSWORD not in done.stdout + done.stderr


def test_another_database_is_examined_by_its_alias(tmp_path):
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3")}
    done = manage(settings, "dbdoctor", "--database", "second", EXTRA_APPS='["dbauth"]')
    assert done.returncode == 1
    assert "--database is 'second'; settings.DATABASES has default." in done.stderr


def test_json_is_one_line(tmp_path):
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "db.sqlite3")}
    done = manage(settings, "dbdoctor", "--json", EXTRA_APPS='["dbauth"]')
    assert len(done.stdout.splitlines()) == 1
    assert json.loads(done.stdout)["steps"][-1]["step"] == "migrations"
    assert done.returncode == 1
