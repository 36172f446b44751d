"""Every wait of a connection for the network, with an end."""

import contextlib
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import DatabaseError
from psycopg2 import InternalError, OperationalError
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from dbauth.admission import is_turned_away, pauses
from dbauth.deadline import attend, deadline, limit_end
from dbauth.defaults import ANSWER_SECONDS, CONNECT_SECONDS
from dbauth.dialling import within_limits
from dbauth.sqlstates import is_read_only

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper as Base
else:
    Base = object

T = TypeVar("T")


class WaitsMixin(Base):
    """For a PostgreSQL backend: calls are bounded, and no connection stays half set up or stale.

    Inside `dbauth.deadline.time_limit()` a connection is watched from its first use to the end of
    the block, which costs a statement nothing. Outside, each statement, COMMIT and ROLLBACK has
    `answer_seconds`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Innermost, so that each attempt of what others repeat has a limit of its own.
        self.execute_wrappers.append(self._run_bounded)

    @property
    def check_seconds(self) -> float:
        """What a check of an open connection may take, and the setting-up of a new one."""
        return CONNECT_SECONDS

    @property
    def answer_seconds(self) -> float:
        return ANSWER_SECONDS

    def connect(self) -> None:
        try:
            super().connect()
        except BaseException as error:
            # It is handed out whole or not at all: Django would keep it without its search_path.
            with contextlib.suppress(DatabaseError):
                self.close()
            if isinstance(error, InternalError):
                # What is wrong inside the server while connecting is a failure to connect.
                raise OperationalError(*error.args) from error
            raise

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """A connection; a server that turns clients away for a moment is waited for.

        That takes the time limit's time, and `connect_timeout` outside of one.
        """
        seconds = float(conn_params.get("connect_timeout") or CONNECT_SECONDS)
        end = limit_end()
        if end == math.inf:
            end = time.monotonic() + seconds
        waiting = None
        while True:
            params = within_limits(conn_params, min(time.monotonic() + seconds, end))
            try:
                connection = super().get_new_connection(params)
            except OperationalError as error:
                waiting = waiting or pauses(end - time.monotonic())
                pause = next(waiting, None)
                if pause is None or not is_turned_away(error):
                    raise
            else:
                attend(connection)
                return connection
            time.sleep(pause)

    def init_connection_state(self) -> None:
        with deadline(self.connection, self.check_seconds):
            self.set_up()

    def set_up(self) -> None:
        """What each new connection is told; an engine adds its own."""
        super().init_connection_state()

    def close_if_health_check_failed(self) -> None:
        # Django comes here before each cursor and each change of autocommit.
        super().close_if_health_check_failed()
        if self.connection is not None and not self.connection.closed:
            attend(self.connection)

    def _commit(self) -> None:
        with self._bounded():
            super()._commit()  # type: ignore[misc] # unknown to django-stubs

    def _rollback(self) -> None:
        with self._bounded():
            super()._rollback()  # type: ignore[misc] # unknown to django-stubs

    def _bounded(self) -> contextlib.AbstractContextManager[None]:
        if self._is_bounded():
            return contextlib.nullcontext()
        return deadline(self.connection, self.answer_seconds)

    def _is_bounded(self) -> bool:
        """Whether a call needs no limit of its own: it has the thread's, or fails at once."""
        connection = self.connection
        return connection is None or bool(connection.closed) or attend(connection)

    def _run_bounded(
        self, execute: Callable[..., T], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> T:
        """An execute wrapper of Django's."""
        try:
            if self._is_bounded():
                return execute(sql, params, many, context)
            with deadline(self.connection, self.answer_seconds):
                return execute(sql, params, many, context)
        except DatabaseError as error:
            if is_read_only(error) and self._wants_writer():
                # The writer that became a reader keeps its sessions, and they never write again.
                self.close()
            raise

    def _wants_writer(self) -> bool:
        mode = self.get_connection_params().get("target_session_attrs")
        return mode in ("read-write", "primary")
