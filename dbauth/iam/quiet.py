"""Keeps botocore from logging AWS's responses, whose credentials it prints at DEBUG."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A filter of a logger does not see what the loggers below it log, so each is named.
LOGGERS = (
    "auth",
    "awsrequest",
    "client",
    "compress",
    "configprovider",
    "credentials",
    "endpoint",
    "endpoint_provider",
    "handlers",
    "hooks",
    "httpchecksum",
    "httpsession",
    "loaders",
    "parsers",
    "regions",
    "response",
    "retries.standard",
    "retryhandler",
    "session",
    "signers",
    "tokens",
    "utils",
)


class _Silence(threading.local):
    """A filter for the calling thread alone: others may log what they like meanwhile."""

    active = False

    def filter(self, record: logging.LogRecord) -> bool:
        return not self.active or record.levelno >= logging.INFO


_silence = _Silence()


@contextmanager
def quiet_botocore() -> Iterator[None]:
    """No line below INFO from botocore on this thread for as long as the block lasts."""
    for name in LOGGERS:
        # By its levels alone nothing could be kept back: any of them may have one of its own,
        # and all threads share them. A filter that is there already is not added twice.
        logging.getLogger(f"botocore.{name}").addFilter(_silence)
    outer, _silence.active = _silence.active, True
    try:
        yield
    finally:
        _silence.active = outer
