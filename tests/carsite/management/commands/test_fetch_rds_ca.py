"""`manage.py fetch_rds_ca`, from a real HTTPS server."""

from __future__ import annotations

import hashlib
import http.server
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import certifi
import pytest
from django.core.management import CommandError, call_command

from carsite.deploy import roots
from tests.rig.certificates import Certificate, issue


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return issue(tmp_path_factory.mktemp("ours"), "127.0.0.1")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """Of another authority."""
    return issue(tmp_path_factory.mktemp("theirs"), "127.0.0.1")


def fingerprint(certificate: Certificate) -> str:
    der = ssl.PEM_cert_to_DER_cert(certificate.ca.read_text())
    return hashlib.sha256(der).hexdigest()


@pytest.fixture(scope="module")
def server(
    certificate: Certificate, stranger: Certificate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server that has a bundle, files that are none, and redirects."""
    files = tmp_path_factory.mktemp("files")
    ours, theirs = certificate.ca.read_bytes(), stranger.ca.read_bytes()
    (files / "bundle.pem").write_bytes(ours)
    (files / "newer.pem").write_bytes(ours + theirs)
    (files / "other.pem").write_bytes(theirs)
    (files / "page.html").write_text("<h1>Access denied</h1>")
    (files / "empty.pem").write_text("")
    (files / "leaf.pem").write_bytes(ours + certificate.chain.read_bytes())
    (files / "huge.pem").write_bytes(ours + b"\n" * roots.LONGEST_BUNDLE)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(files))  # type: ignore[arg-type] # passed on

        def do_GET(self) -> None:
            if not self.path.startswith("/to/"):
                return super().do_GET()
            scheme, _, name = self.path.removeprefix("/to/").partition("/")
            self.send_response(302)
            self.send_header("Location", f"{scheme}://{self.headers['Host']}/{name}")
            self.end_headers()
            return None

        def log_message(self, *args: object) -> None:
            """Quiet."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        threading.Thread(target=running.serve_forever, args=[0.02], daemon=True).start()
        yield f"https://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's authority among the public ones."""
    monkeypatch.setattr(certifi, "where", lambda: str(certificate.ca))


@dataclass
class Files:
    """Where the command writes, and the list that it compares with."""

    output: Path
    fingerprints: Path

    def fetch(self, url: str, *options: str) -> None:
        files = [f"--output={self.output}", f"--fingerprints={self.fingerprints}"]
        call_command("fetch_rds_ca", f"--url={url}", *files, *options)


@pytest.fixture
def files(tmp_path: Path, certificate: Certificate) -> Files:
    """The old bundle, and a list with the server's authority alone."""
    made = Files(tmp_path / "roots.pem", tmp_path / "roots.sha256")
    made.output.write_text("the old one")
    made.fingerprints.write_text(f"{fingerprint(certificate)}  The one we know\n")
    return made


@pytest.mark.parametrize("path", ["bundle.pem", "to/https/bundle.pem"])
def test_the_bundle_is_written(
    server: str, trusted: None, files: Files, certificate: Certificate, path: str
) -> None:
    files.fetch(f"{server}/{path}")
    assert files.output.read_text().split() == certificate.ca.read_text().split()


def test_a_root_that_is_not_in_the_list_is_named_and_left_out(
    server: str,
    trusted: None,
    files: Files,
    stranger: Certificate,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files.fetch(f"{server}/newer.pem")
    assert files.output.read_bytes().count(b"BEGIN CERTIFICATE") == 1
    said = capsys.readouterr().err
    assert f"left out, not in the list: {fingerprint(stranger)}" in said
    assert "--update" in said


@pytest.mark.usefixtures("trusted")
def test_an_update_takes_all_and_shows_what_is_new_in_the_list(
    server: str,
    files: Files,
    stranger: Certificate,
    certificate: Certificate,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files.fetch(f"{server}/newer.pem", "--update")
    assert files.output.read_bytes().count(b"BEGIN CERTIFICATE") == 2
    assert set(roots.listed(files.fingerprints)) == {
        fingerprint(stranger),
        fingerprint(certificate),
    }
    assert f"+ {fingerprint(stranger)}" in capsys.readouterr().out
    files.fetch(f"{server}/bundle.pem", "--update")
    assert set(roots.listed(files.fingerprints)) == {fingerprint(certificate)}
    assert f"- {fingerprint(stranger)}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("page.html", "did not answer with certificates"),
        ("empty.pem", "did not answer with certificates"),
        ("leaf.pem", "did not answer with certificates"),
        ("nothing.pem", "404"),
        ("other.pem", "none of the listed roots"),
        ("huge.pem", "more than"),
        ("to/http/bundle.pem", "unknown url type: http"),
        ("to/file/bundle.pem", "not allowed"),
    ],
)
def test_what_is_no_bundle_replaces_nothing(
    server: str, trusted: None, files: Files, path: str, says: str
) -> None:
    before = files.fingerprints.read_text()
    with pytest.raises(CommandError, match=says):
        files.fetch(f"{server}/{path}")
    if path != "other.pem":
        with pytest.raises(CommandError, match=says):
            files.fetch(f"{server}/{path}", "--update")
    assert files.output.read_text() == "the old one"
    assert files.fingerprints.read_text() == before


def test_an_unknown_server_is_not_trusted(server: str, files: Files) -> None:
    with pytest.raises(CommandError, match="certificate verify failed"):
        files.fetch(f"{server}/bundle.pem")
    assert files.output.read_text() == "the old one"


def test_plain_http_is_refused(files: Files) -> None:
    with pytest.raises(CommandError, match="only fetched over https"):
        files.fetch("http://127.0.0.1/x")


def test_the_list_of_this_repository_has_three_roots_for_each_region() -> None:
    names = roots.listed()
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in names)
    kinds = ["RSA2048", "RSA4096", "ECC384"]
    regions = {name.partition(" Root CA ")[0] for name in names.values()}
    assert "Amazon RDS us-east-1" in regions
    expected = sorted(f"{region} Root CA {kind} G1" for region in regions for kind in kinds)
    assert sorted(names.values()) == expected
