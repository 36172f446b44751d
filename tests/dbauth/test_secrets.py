"""Nothing that is secret is written anywhere, and the search that says so finds a planted leak."""

import logging
import pprint
import traceback

import pytest
from django.views.debug import ExceptionReporter

from dbauth import base
from dbauth.iam.tokens import TokenCache
from tests.dbauth.conftest import ask, entry, wrapper
from tests.dbauth.site import running_site
from tests.rig.front_door import TEMPORARY

# Every reason for which connecting fails with a token in hand.
ORDERS = {
    "refused": lambda door: door.control.refuse(2),
    "starting up": lambda door: door.control.refuse(1, "starting-up"),
    "clock": lambda door: door.control.set_clock(4000),
    "rotated": lambda door: door.control.set_credentials(),
    "hung": lambda door: door.control.hang(),
}
OPTIONS = {
    "no such option": {"nonsense": "1"},
    "no such file": {"sslrootcert": "/nonexistent"},
    "plain text": {"sslmode": "disable"},
    "nobody listens": {"hostaddr": "127.0.0.2"},
}


@pytest.fixture
def secrets(monkeypatch):
    """What must not appear: the secret key, the session token, and every token signed meanwhile."""
    found = [TEMPORARY.secret_key, TEMPORARY.session_token]

    class Recorder(TokenCache):
        def _sign(self, request, credentials, refused=None):
            token = super()._sign(request, credentials, refused)
            found.extend([token.value, token.value.rpartition("X-Amz-Signature=")[2]])
            return token

    monkeypatch.setattr(base.DatabaseWrapper, "tokens", Recorder())
    return found


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.DEBUG)
    return caplog


def leaks(text, secrets):
    return [secret for secret in secrets if secret in text]


def chain(error):
    """The error and all that it was raised from, shown or not."""
    errors, pending = [], [error]
    while pending:
        link = pending.pop()
        if link is not None and link not in errors:
            errors.append(link)
            pending += [link.__cause__, link.__context__]
    return errors


def everything_printed(error):
    """The debug page and all frame locals of the error and its causes, as reporters print them."""
    page = ExceptionReporter(None, type(error), error, error.__traceback__)
    texts = [str(page.get_traceback_html()), str(page.get_traceback_text())]
    for link in chain(error):
        texts += [repr(link), str(link)]
        texts += traceback.format_exception(link)
        for frame, _ in traceback.walk_tb(link.__traceback__):
            texts += [pprint.pformat(dict(frame.f_locals)), repr(frame.f_locals)]
    return "\n".join(texts)


def failure(door, options=None):
    """The error that connecting ends in, without the test's own frames: they know the secrets."""
    connection = wrapper(door, options={"connect_timeout": 2} | (options or {}))
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - each of them must be clean
        connection.ensure_connection()
    frames = caught.value.__traceback__
    while frames and frames.tb_frame.f_globals["__name__"] == __name__:
        frames = frames.tb_next
    return caught.value.with_traceback(frames)


@pytest.mark.parametrize("order", ORDERS)
def test_no_failure_to_connect_shows_a_secret(rds, aws, secrets, log, order):
    aws(rds.environment(TEMPORARY))
    ORDERS[order](rds)
    error = failure(rds)
    assert len(secrets) >= 4
    printed = everything_printed(error)
    assert "conn_params" in printed
    assert leaks(printed + log.text, secrets) == []


@pytest.mark.parametrize("options", OPTIONS)
def test_no_option_that_cannot_work_shows_a_secret(rds, aws, secrets, log, options):
    aws(rds.environment(TEMPORARY))
    error = failure(rds, OPTIONS[options])
    assert len(secrets) >= 4
    printed = everything_printed(error)
    assert "conn_params" in printed
    assert leaks(printed + log.text, secrets) == []


def test_a_connection_shows_no_secret(rds, aws, secrets, log):
    aws(rds.environment(TEMPORARY))
    connection = wrapper(rds)
    connection.force_debug_cursor = True
    ask(connection, "SELECT 1")
    connection.set_autocommit(False)
    shown = [
        repr(connection),
        repr(connection.connection),
        repr(connection.settings_dict),
        repr(connection.queries),
        repr(vars(connection)),
        connection.connection.dsn,
        log.text,
    ]
    assert connection.queries
    assert leaks("\n".join(shown), secrets) == []


def test_an_interrupt_while_connecting_shows_no_secret(rds, aws, secrets, monkeypatch):
    aws(rds.environment(TEMPORARY))

    def interrupted(**parameters):
        raise KeyboardInterrupt

    monkeypatch.setattr(base.DatabaseWrapper.Database, "connect", interrupted)
    error = failure(rds)
    assert isinstance(error, KeyboardInterrupt)
    assert leaks(everything_printed(error), secrets) == []


def test_the_search_finds_a_leak_that_was_planted(rds, aws, secrets, monkeypatch):
    aws(rds.environment(TEMPORARY))
    monkeypatch.setattr(base, "forget_frames", lambda *_: None)
    rds.control.refuse(2)
    printed = everything_printed(failure(rds))
    token, signature = secrets[-2:]  # the newer one's frames are what the error led through
    assert leaks(printed, [token, signature]) == [token, signature]


def test_the_search_finds_a_line_in_the_log(secrets, log):
    logging.getLogger("somewhere").debug("signed with %s", TEMPORARY.secret_key)
    assert leaks(log.text, secrets) == [TEMPORARY.secret_key]


def test_the_debug_page_of_a_site_shows_no_secret(rds):
    settings = entry(rds, "app", CONN_MAX_AGE=0)
    with running_site(settings, DEBUG="1", **rds.environment(TEMPORARY)) as site:
        rds.control.refuse(2)
        page = site.get()
        assert page.status_code == 500
        assert "rds-db:connect" in page.text
        written = page.text + site.log
    # The token itself never leaves that process, but no token is without these.
    marks = ["X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token"]
    assert leaks(written, [TEMPORARY.secret_key, TEMPORARY.session_token, *marks]) == []
