"""Where credentials come from, and what is loaded for it."""

import datetime
import http.server
import json
import logging
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from dbauth.iam.credentials import Credentials, CredentialsError, CredentialSource
from dbauth.iam.quiet import WITHHELD, quiet_botocore

FAR = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=6)


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch, tmp_path):
    """A process that AWS knows nothing of: no keys, files, roles or metadata service."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_PROFILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_ENDPOINT_URL_STS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


class Clock:
    """Stands for the module `time`."""

    now = 5.0

    def monotonic(self):
        return self.now


def in_the_environment(monkeypatch, **more):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "environment-secret")
    for name, value in more.items():
        monkeypatch.setenv(name, value)


def fields(credentials):
    return credentials.access_key, credentials.secret_key, credentials.session_token


def test_the_environment_comes_first(monkeypatch):
    in_the_environment(monkeypatch, AWS_SESSION_TOKEN="session")
    assert fields(CredentialSource().load()) == ("AKIAENV", "environment-secret", "session")


def test_a_rotation_in_the_environment_is_seen_at_once(monkeypatch):
    in_the_environment(monkeypatch)
    source = CredentialSource()
    source.load()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "rotated")
    assert source.load().secret_key == "rotated"


def test_an_expiry_in_the_environment_is_kept(monkeypatch):
    in_the_environment(monkeypatch, AWS_CREDENTIAL_EXPIRATION="2026-01-02T03:04:05Z")
    assert CredentialSource().load().expires_at == 1767323045


def test_an_expiry_that_is_no_time_is_named(monkeypatch):
    in_the_environment(monkeypatch, AWS_CREDENTIAL_EXPIRATION="soon")
    with pytest.raises(CredentialsError, match=r"AWS_CREDENTIAL_EXPIRATION is 'soon'"):
        CredentialSource().load()


def test_signing_with_the_environment_loads_neither_boto3_nor_django():
    code = """
import os, sys
os.environ.update(AWS_ACCESS_KEY_ID="AKIAENV", AWS_SECRET_ACCESS_KEY="secret")
from dbauth.iam.signing import dsql_request
from dbauth.iam.tokens import TokenCache
TokenCache().get(dsql_request(host="a.dsql.us-east-1.on.aws", region="us-east-1", admin=False))
print(sorted({"boto3", "botocore", "django", "psycopg2", "certifi"} & set(sys.modules)))
"""
    result = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=600
    )
    assert result.stdout.strip() == "[]"


def test_a_profile_is_read_through_boto3(monkeypatch, tmp_path):
    (tmp_path / "credentials").write_text(
        "[staging]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = profile-secret\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "staging")
    assert fields(CredentialSource().load()) == ("AKIAPROFILE", "profile-secret", None)


def test_a_profile_that_changed_is_read_again_after_a_refusal(tmp_path):
    text = "[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = {}\n"
    file = tmp_path / "credentials"
    file.write_text(text.format("old"))
    source = CredentialSource()
    source.load()
    file.write_text(text.format("new"))
    source.forget()
    assert source.load().secret_key == "new"


def test_boto3s_chain_is_asked_again_once_a_minute_however_often_tokens_are_refused(
    monkeypatch, tmp_path
):
    text = "[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = {}\n"
    file = tmp_path / "credentials"
    file.write_text(text.format("first"))
    clock = Clock()
    monkeypatch.setattr("dbauth.iam.credentials.time", clock)
    source = CredentialSource()
    source.load()
    source.forget()
    source.load()
    file.write_text(text.format("second"))
    clock.now += 59
    source.forget()
    assert source.load().secret_key == "first"
    clock.now += 1
    source.forget()
    assert source.load().secret_key == "second"


def test_a_hundred_threads_look_for_credentials_once(monkeypatch, tmp_path):
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n"
    )
    sessions, original = [], boto3.Session

    def session():
        sessions.append(threading.current_thread())
        time.sleep(0.05)
        return original()

    monkeypatch.setattr(boto3, "Session", session)
    source = CredentialSource()
    with ThreadPoolExecutor(100) as pool:
        list(pool.map(lambda _: source.load(), range(100)))
    assert len(sessions) == 1


@pytest.fixture
def helper(tmp_path):
    """Writes a profile whose credentials are what a program prints."""

    def helper(printed):
        program = tmp_path / "helper"
        if printed is not None:
            program.write_text(f"#!/bin/sh\ncat <<'END'\n{printed}\nEND\n")
            program.chmod(0o700)
        (tmp_path / "config").write_text(f"[default]\ncredential_process = {program}\n")

    return helper


EXPIRED = {
    "Version": 1,
    "AccessKeyId": "ASIAOLD",
    "SecretAccessKey": "old-secret",
    "SessionToken": "old-session",
    "Expiration": "2020-01-01T00:00:00Z",
}


@pytest.mark.parametrize(
    ("printed", "error"),
    [
        ("{'AccessKeyId': 'single-quoted-secret'}", "JSONDecodeError"),
        (None, "FileNotFoundError"),
        (json.dumps(EXPIRED), "RuntimeError"),
    ],
    ids=["not JSON", "missing", "expired"],
)
def test_a_credential_process_that_fails_is_named_and_not_quoted(helper, printed, error):
    helper(printed)
    with pytest.raises(CredentialsError, match=rf"{error}.*get-caller-identity") as caught:
        CredentialSource().load()
    assert "secret" not in str(caught.value)


class ContainerEndpoint(http.server.BaseHTTPRequestHandler):
    """The credentials endpoint of containers, and of Lambda with SnapStart."""

    def do_GET(self):
        body = json.dumps(
            {
                "AccessKeyId": "ASIACONTAINER",
                "SecretAccessKey": "container-secret",
                "Token": "container-session",
                "Expiration": FAR.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ASSUMED = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<AssumeRoleResult><AssumedRoleUser><Arn>arn</Arn><AssumedRoleId>id</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey>
<SessionToken>role-session</SessionToken><Expiration>{FAR.isoformat()}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""
DENIED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>not for you</Message></Error></ErrorResponse>"""


class SecurityTokenService(http.server.BaseHTTPRequestHandler):
    """AWS STS, as far as assuming one role and being denied all others goes."""

    def do_POST(self):
        request = self.rfile.read(int(self.headers["Content-Length"])).decode()
        granted = "role%2Fapp" in request
        body = (ASSUMED if granted else DENIED).encode()
        self.send_response(200 if granted else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def assume(monkeypatch, tmp_path):
    """Writes a profile whose role is to be assumed at a local STS."""
    with http.server.HTTPServer(("127.0.0.1", 0), SecurityTokenService) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{server.server_port}")
        (tmp_path / "credentials").write_text(
            "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base-secret\n"
        )

        def assume(role):
            (tmp_path / "config").write_text(
                "[default]\nregion = us-east-1\nsource_profile = base\n"
                f"role_arn = arn:aws:iam::123456789012:role/{role}\n"
            )

        yield assume
        server.shutdown()


def test_a_profile_may_assume_a_role(assume):
    assume("app")
    credentials = CredentialSource().load()
    assert fields(credentials) == ("ASIAROLE", "role-secret", "role-session")
    assert credentials.expires_at == pytest.approx(FAR.timestamp(), abs=1)


def test_a_role_that_may_not_be_assumed_is_named(assume):
    assume("other")
    with pytest.raises(CredentialsError, match=r"AssumeRole.*not for you.*get-caller-identity"):
        CredentialSource().load()


def test_what_boto3_logs_of_a_role_has_no_secret_in_it(assume, caplog):
    assume("app")
    with caplog.at_level(logging.DEBUG):
        boto3.Session().get_credentials().get_frozen_credentials()
        assert "role-secret" in caplog.text, "boto3 no longer prints it: the guard may go"
        caplog.clear()
        CredentialSource().load()
    assert "role-s" not in caplog.text


@pytest.fixture
def container(monkeypatch):
    with http.server.HTTPServer(("127.0.0.1", 0), ContainerEndpoint) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/credentials"
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
        yield
        server.shutdown()


def test_a_role_of_the_container_comes_with_its_expiry(container):
    credentials = CredentialSource().load()
    assert fields(credentials) == ("ASIACONTAINER", "container-secret", "container-session")
    assert credentials.expires_at == int(FAR.timestamp())


def test_a_botocore_logger_with_a_level_of_its_own_is_quiet_too(assume, caplog):
    assume("app")
    for name in [name for name in logging.root.manager.loggerDict if name.startswith("botocore")]:
        caplog.set_level(logging.DEBUG, name)
    CredentialSource().load()
    debug = [record for record in caplog.records if record.levelno < logging.INFO]
    said = {record.getMessage() for record in debug if record.name.startswith("botocore")}
    assert said == {WITHHELD}


def test_a_botocore_logger_that_nobody_knows_yet_is_quiet_too(caplog):
    caplog.set_level(logging.DEBUG, "botocore.of.a.later.release")
    with quiet_botocore():
        logging.getLogger("botocore.of.a.later.release").debug("a secret")
    assert caplog.messages == [WITHHELD]


def test_other_threads_may_log_meanwhile(caplog):
    caplog.set_level(logging.DEBUG, "botocore.parsers")
    log = logging.getLogger("botocore.parsers").debug
    with quiet_botocore(), ThreadPoolExecutor(1) as pool:
        log("mine")
        pool.submit(log, "another's").result()
    assert caplog.messages == [WITHHELD, "another's"]


def test_boto3_may_log_again_once_credentials_are_fetched(container, caplog):
    with caplog.at_level(logging.DEBUG):
        CredentialSource().load()
        logging.getLogger("botocore.parsers").debug("something else")
    assert "container-s" not in caplog.text
    assert "something else" in caplog.text


def test_no_credentials_at_all_say_what_to_do():
    with pytest.raises(CredentialsError, match=r"AWS_PROFILE or AWS_ACCESS_KEY_ID"):
        CredentialSource().load()


def test_half_a_key_pair_names_the_missing_half(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
    with pytest.raises(CredentialsError, match="AWS_SECRET_ACCESS_KEY"):
        CredentialSource().load()


def test_an_unknown_profile_is_named(monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    with pytest.raises(CredentialsError, match="no-such-profile"):
        CredentialSource().load()


def test_a_missing_boto3_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(CredentialsError, match="pip install boto3"):
        CredentialSource().load()


def test_the_repr_shows_the_key_id_and_no_secret():
    assert repr(Credentials("AKIAONE", "secret", "session")) == "<Credentials AKIAONE>"
