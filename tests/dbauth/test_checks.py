"""System checks: each has an id, and names setting, value and remedy."""

import pytest
from django.core.checks import Error
from django.core.checks import Warning as CheckWarning
from django.db.utils import ConnectionHandler

from dbauth import checks
from tests.dbauth.conftest import DSQL_ENDPOINT, DSQL_HOST, RDS_HOST
from tests.dbauth.site import manage


@pytest.fixture(autouse=True)
def _region(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


@pytest.fixture
def good(tmp_path):
    """Settings that no check minds."""
    bundle = tmp_path / "global-bundle.crt"
    bundle.touch()
    return {
        "ENGINE": "dbauth",
        "NAME": "cars",
        "USER": "app",
        "HOST": RDS_HOST,
        "OPTIONS": {"sslrootcert": str(bundle)},
    }


@pytest.fixture
def good_dsql():
    return {
        "ENGINE": "dbauth.dsql",
        "NAME": "postgres",
        "USER": "writer",
        "HOST": DSQL_HOST,
        "OPTIONS": {"schema": "garage"},
    }


def messages(settings, **changes):
    options = {**settings["OPTIONS"], **changes.pop("OPTIONS", {})}
    settings = settings | changes | {"OPTIONS": options}
    validation = ConnectionHandler({"default": settings})["default"].validation
    assert isinstance(validation, checks.DatabaseValidation)
    return validation.check()


def ids(found):
    return [message.id.removeprefix("dbauth.") for message in found]


def test_good_settings_have_nothing_to_say(good, good_dsql):
    assert messages(good) == messages(good_dsql) == []


RDS_CASES = [
    ("E001", {"PASSWORD": "hunter2"}, "PASSWORD is set"),
    ("E001", {"OPTIONS": {"password": "hunter2"}}, "PASSWORD is set"),
    ("E002", {"HOST": ""}, "HOST is not set"),
    ("E002", {"USER": ""}, "USER is not set"),
    ("E002", {"PORT": "postgres"}, "PORT is 'postgres'"),
    ("E002", {"PORT": "99999"}, "PORT is '99999'"),
    ("E002", {"PORT": "5432.7"}, "PORT is '5432.7'"),
    ("E002", {"PORT": "nan"}, "PORT is 'nan'"),
    ("E002", {"NAME": ""}, "NAME is not set"),
    ("E002", {"HOST": f"{RDS_HOST},{RDS_HOST}"}, "a token is signed for one host"),
    ("E003", {"OPTIONS": {"region": "eu-west-1"}}, "OPTIONS[\"region\"] is 'eu-west-1'"),
    ("E003", {"HOST": "db.abc.eu-west-1.rds.amazonaws.com"}, "AWS_REGION is 'us-east-1'"),
    ("E003", {"HOST": "db.example.com"}, "HOST 'db.example.com'"),
    ("E005", {"HOST": DSQL_HOST}, f"HOST '{DSQL_HOST}'"),
    ("E006", {"OPTIONS": {"sslrootcert": "/nowhere/bundle.crt"}}, "'/nowhere/bundle.crt'"),
    ("E007", {"OPTIONS": {"connect_timeout": "soon"}}, "OPTIONS[\"connect_timeout\"] is 'soon'"),
    ("E006", {"OPTIONS": {"sslrootcert": "system"}}, "OPTIONS[\"sslrootcert\"] is 'system'"),
    ("E007", {"OPTIONS": {"connect_timeout": "nan"}}, "OPTIONS[\"connect_timeout\"] is 'nan'"),
    ("E007", {"OPTIONS": {"connect_timeout": "inf"}}, "OPTIONS[\"connect_timeout\"] is 'inf'"),
    ("E007", {"OPTIONS": {"idle_check_seconds": -1}}, 'OPTIONS["idle_check_seconds"] is -1'),
    ("E008", {"OPTIONS": {"pool": True}}, 'OPTIONS["pool"] is set'),
    ("W001", {"OPTIONS": {"sslmode": "require"}}, "OPTIONS[\"sslmode\"] is 'require'"),
    ("W004", {"OPTIONS": {"gssencmode": "prefer"}}, "OPTIONS[\"gssencmode\"] is 'prefer'"),
    ("W002", {"CONN_MAX_AGE": 600}, "CONN_MAX_AGE is 600 and CONN_HEALTH_CHECKS is False"),
    (
        "W003",
        {"HOST": "c.cluster-custom-abc.us-east-1.rds.amazonaws.com"},
        "HOST 'c.cluster-custom-abc.us-east-1.rds.amazonaws.com'",
    ),
    ("W003", {"HOST": "db.example.com", "OPTIONS": {"region": "us-east-1"}}, "db.example.com"),
]
DSQL_CASES = [
    ("E005", {"HOST": RDS_HOST}, f"HOST '{RDS_HOST}'"),
    ("E011", {"HOST": DSQL_ENDPOINT}, f"HOST '{DSQL_ENDPOINT}'"),
    ("E012", {"HOST": DSQL_ENDPOINT, "OPTIONS": {"cluster": "abc"}}, f"HOST '{DSQL_ENDPOINT}'"),
    (
        "E012",
        {"HOST": DSQL_ENDPOINT, "OPTIONS": {"cluster": "abc", "sslmode": "verify-full"}},
        f"HOST '{DSQL_ENDPOINT}'",
    ),
    (
        "W001",
        {"HOST": DSQL_ENDPOINT, "OPTIONS": {"cluster": "abc", "sslmode": "require"}},
        "OPTIONS[\"sslmode\"] is 'require'",
    ),
    ("E006", {"OPTIONS": {"sslrootcert": "system"}}, "SSL_CERT_FILE is not set"),
    ("E013", {"OPTIONS": {"cluster": "another"}}, "OPTIONS[\"cluster\"] is 'another'"),
    ("E014", {"NAME": "cars"}, "NAME is 'cars'"),
    ("E015", {"OPTIONS": {"isolation_level": 2}}, 'OPTIONS["isolation_level"] is 2'),
    ("W011", {"OPTIONS": {"schema": ""}}, 'OPTIONS["schema"] is not set'),
    ("W013", {"ATOMIC_REQUESTS": True}, "ATOMIC_REQUESTS is True"),
]


def assert_message(found, expected_id, text):
    assert ids(found) == [expected_id]
    (message,) = found
    assert message.msg.startswith("DATABASES['default']: ")
    assert text in message.msg
    assert message.hint
    assert isinstance(message, Error if expected_id.startswith("E") else CheckWarning)
    assert "hunter2" not in str(message)


@pytest.mark.parametrize(("expected_id", "changes", "text"), RDS_CASES)
def test_rds_settings_that_are_wrong(good, expected_id, changes, text):
    assert_message(messages(good, **changes), expected_id, text)


@pytest.mark.parametrize(("expected_id", "changes", "text"), DSQL_CASES)
def test_dsql_settings_that_are_wrong(good_dsql, expected_id, changes, text):
    assert_message(messages(good_dsql, **changes), expected_id, text)


def test_djangos_cache_in_dsql_is_one_that_loses_writes(good_dsql, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cached",
        }
    }
    assert_message(messages(good_dsql), "W012", "CACHES['default'] is Django's DatabaseCache")
    settings.CACHES["default"]["BACKEND"] = "dbauth.cache.DatabaseCache"
    settings.CACHES = {**settings.CACHES}
    assert messages(good_dsql) == []


def test_a_vpc_endpoints_own_name_is_content_with_what_its_error_advises(good_dsql):
    (message,) = messages(good_dsql, HOST=DSQL_ENDPOINT, OPTIONS={"cluster": "abc"})
    assert "abc.dsql-fnh4.us-east-1.on.aws" in message.hint
    assert 'OPTIONS["sslmode"] = "verify-ca"' in message.hint
    advised = {"cluster": "abc", "sslmode": "verify-ca"}
    assert messages(good_dsql, HOST=DSQL_ENDPOINT, OPTIONS=advised) == []


def test_the_systems_roots_are_enough_for_public_ones_where_openssl_is_told_of_them(
    good_dsql, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    assert messages(good_dsql, OPTIONS={"sslrootcert": "system"}) == []


@pytest.mark.parametrize("value", ["/nowhere/bundle.crt", "system"])
def test_roots_that_the_environment_names_wrongly_are_its_fault(good, monkeypatch, value):
    monkeypatch.setenv("PGSSLROOTCERT", value)
    (message,) = messages(good | {"OPTIONS": {}})
    assert message.id == "dbauth.E006"
    assert f"PGSSLROOTCERT is '{value}'" in message.msg


def test_psycopg_3_is_an_error(good, monkeypatch):
    monkeypatch.setattr("dbauth.iam.login.is_psycopg3", True)
    assert_message(messages(good), "E004", "psycopg 3 is installed")


def test_missing_roots_tell_how_to_get_them(good, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    (message,) = messages(good | {"OPTIONS": {}})
    assert message.id == "dbauth.E006"
    assert "curl --fail --remote-name https://truststore.pki.rds.amazonaws.com" in message.hint


@pytest.mark.parametrize("host", ["p.proxy-abc.us-east-1.rds.amazonaws.com", DSQL_HOST])
def test_public_roots_need_no_setting(host):
    engine = "dbauth.dsql" if host == DSQL_HOST else "dbauth"
    settings = {"ENGINE": engine, "NAME": "postgres", "USER": "admin", "HOST": host, "OPTIONS": {}}
    assert messages(settings) == []


def test_roots_that_the_environment_names_are_enough(good, monkeypatch):
    monkeypatch.setenv("PGSSLROOTCERT", good["OPTIONS"]["sslrootcert"])
    assert messages(good | {"OPTIONS": {}}) == []


def test_several_warnings_come_together(good):
    found = messages(good, CONN_MAX_AGE=None, OPTIONS={"sslmode": "verify-ca"})
    assert ids(found) == ["W001", "W002"]


def test_databases_of_other_engines_are_left_alone(good, monkeypatch):
    broken = {"ENGINE": "no.such.engine"}
    handler = ConnectionHandler({"default": broken, "iam": good | {"USER": ""}})
    monkeypatch.setattr(checks, "connections", handler)
    assert [message.msg for message in checks.check_databases()] == [
        "DATABASES['iam']: USER is not set."
    ]


def test_the_app_leaves_out_what_django_checks_by_itself(good, monkeypatch):
    wrong = good | {"USER": ""}
    monkeypatch.setattr(checks, "connections", ConnectionHandler({"default": wrong, "b": wrong}))
    assert [message.msg for message in checks.check_databases(databases=["default"])] == [
        "DATABASES['b']: USER is not set."
    ]


def test_a_subclass_of_the_backend_is_checked_with_its_own_login(good):
    renamed = good | {"ENGINE": "tests.dbauth.project.renamed"}
    assert messages(renamed) == []
    assert ids(messages(renamed, USER="somebody")) == ["E999"]


@pytest.mark.parametrize("apps", ["[]", '["dbauth"]'])
def test_a_renamed_engine_is_checked_with_and_without_the_app(good, apps):
    settings = good | {"ENGINE": "tests.dbauth.project.renamed", "USER": "somebody"}
    result = manage(settings, "check", "--database", "default", EXTRA_APPS=apps)
    assert result.stderr.count("dbauth.E999") == 1


@pytest.mark.parametrize(
    ("apps", "command", "times"),
    [
        ("[]", ["check"], 0),
        ("[]", ["check", "--database", "default"], 1),
        ('["dbauth"]', ["check"], 1),
        ('["dbauth"]', ["check", "--database", "default"], 1),
        ("[]", ["migrate"], 1),
        ('["dbauth"]', ["migrate"], 1),
    ],
)
def test_where_the_checks_run(good, apps, command, times):
    result = manage(good | {"PASSWORD": "hunter2"}, *command, EXTRA_APPS=apps)
    assert result.stderr.count("dbauth.E001") == times
    assert (result.returncode == 0) == (times == 0)
    assert "hunter2" not in result.stderr


def test_an_option_that_libpq_does_not_know_is_named(good, good_dsql):
    for settings in (good, good_dsql):
        (found,) = messages(settings, OPTIONS={"conect_timeout": 3})
        assert (found.id, "'conect_timeout'" in found.msg) == ("dbauth.E009", True)
    assert messages(good, OPTIONS={"application_name": "cars", "assume_role": "other"}) == []
