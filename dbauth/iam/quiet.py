"""Keeps AWS's responses out of the log, whose credentials botocore prints at DEBUG."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WITHHELD = "withheld while credentials are fetched"


class _Silence(threading.local):
    """For the calling thread alone: others may log what they like meanwhile."""

    active = False


_silence = _Silence()


class _Withholding:
    """A factory of log records that leaves out what botocore says.

    It goes by what is logged. A filter of a logger does not see what the loggers below it log, and
    which there are, each release of botocore decides.
    """

    def __init__(self, make: Any) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._make(*args, **kwargs)
        if _silence.active and record.levelno < logging.INFO and record.name.startswith("botocore"):
            record.msg, record.args = WITHHELD, ()
            record.exc_info = record.stack_info = None
        return record


@contextmanager
def quiet_botocore() -> Iterator[None]:
    """Nothing below INFO from botocore is shown on this thread for as long as the block lasts."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Withholding):
        logging.setLogRecordFactory(_Withholding(make))
    outer, _silence.active = _silence.active, True
    try:
        yield
    finally:
        _silence.active = outer
