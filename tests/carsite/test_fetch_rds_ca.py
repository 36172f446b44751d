"""`manage.py fetch_rds_ca`, from a real HTTPS server."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest
from django.core.management import CommandError, call_command

from tests.rig.certificates import Certificate, issue


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return issue(tmp_path, "127.0.0.1")


@pytest.fixture
def server(certificate: Certificate, tmp_path: Path) -> Iterator[str]:
    """The address of a server that has a bundle, and files that are none."""
    files = tmp_path / "files"
    files.mkdir()
    (files / "bundle.pem").write_bytes(certificate.ca.read_bytes() * 3)
    (files / "page.html").write_text("<h1>Access denied</h1>")
    (files / "empty.pem").write_text("")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(files))  # type: ignore[arg-type] # passed on

        def log_message(self, *args: object) -> None:
            """Quiet."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's authority among the public ones."""
    monkeypatch.setattr(certifi, "where", lambda: str(certificate.ca))


def test_the_bundle_is_written(server: str, trusted: None, tmp_path: Path) -> None:
    output = tmp_path / "roots.pem"
    call_command("fetch_rds_ca", url=f"{server}/bundle.pem", output=output, verbosity=0)
    assert output.read_bytes().count(b"BEGIN CERTIFICATE") == 3


@pytest.mark.parametrize("name", ["page.html", "empty.pem", "nothing.pem"])
def test_what_is_no_bundle_replaces_nothing(
    server: str, trusted: None, tmp_path: Path, name: str
) -> None:
    output = tmp_path / "roots.pem"
    output.write_text("the old one")
    with pytest.raises(CommandError, match=name):
        call_command("fetch_rds_ca", url=f"{server}/{name}", output=output)
    assert output.read_text() == "the old one"


def test_an_unknown_server_is_not_trusted(server: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="certificate verify failed"):
        call_command("fetch_rds_ca", url=f"{server}/bundle.pem", output=tmp_path / "roots.pem")
    assert not (tmp_path / "roots.pem").exists()


def test_plain_http_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="only fetched over https"):
        call_command("fetch_rds_ca", url="http://127.0.0.1/x", output=tmp_path / "roots.pem")
