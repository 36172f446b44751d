"""Chaos: random requests and faults, and what has to be true of the cars whatever happened.

The faults happen between requests, so each can be told from what the service made of it. In the
middle of requests they are in tests/contract/test_faults.py.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from signal import SIGINT, SIGKILL
from typing import NamedTuple

import requests
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.dbauth.dsql.hooks import COLOR
from tests.rig.dsql_gate import DsqlGate
from tests.rig.dsql_gate.client import SetUpFault
from tests.rig.postgresql import PostgreSQL
from tests.rig.service import Client, Service

REQUESTS = (
    *("post", "post again", "post without a key", "get", "burst"),
    *("add in the admin", "add with a hook that fails"),
)
LOST = ("lost-reply", "lost-reply", "lost-reply", "lost-commit")
FAULTS = (
    *("restart", "crash", "two crashes", "drop", "vanish", "silence", "asleep"),
    *("full", "short of connections", "wrong clock", "no set-up"),
    *("OC000", "OC001", *LOST),
)
RUN_EVENTS = 25
EVENTS = st.lists(
    st.sampled_from([*REQUESTS * 3, *FAULTS]), min_size=RUN_EVENTS, max_size=RUN_EVENTS
)
# `make chaos EVENTS=2000` lets more happen than there is time for in each run of the tests.
TOTAL_EVENTS = int(os.environ.get("CHAOS_EVENTS", "625"))
RUNS = settings(
    max_examples=TOTAL_EVENTS // RUN_EVENTS,
    deadline=None,
    derandomize=True,
    database=None,
    # Shrinking asks for the same events to do the same, and a service has a past.
    phases=[Phase.generate],
)
# How the admin's cars are known among the others.
ADMINS = "admin"
NEWS_SECONDS = 5
SILENT_SECONDS = 0.5
# A burst of four finds its connections within a second, long before connect_timeout.
CONNECTIONS_A_SECOND = 10
# More than a token lives, and less than a connection may.
AHEAD_SECONDS = 1000
ANSWER_SECONDS = 28  # API Gateway gives up after 29
CARS = "SELECT id::text, model, color FROM cars_car"
LOGGED = "SELECT object_id FROM django_admin_log"


class Stage(NamedTuple):
    """A service on DSQL, the gate before its database, and the server, which may be crashed."""

    service: Service
    gate: DsqlGate
    server: PostgreSQL


def whatever_happens(stage: Stage, on_broken: Callable[[str], object] = print) -> int:
    """Let it happen, and check after each run; how many events that were.

    Raises AssertionError, and before that tells `on_broken` which invariant is.
    """
    happened = 0
    with stage.service.client() as keeper:
        keeper.login()

        @RUNS
        @given(EVENTS)
        def run(events: list[str]) -> None:
            nonlocal happened
            happened += len(events)
            stage.gate.control.reset()
            stage.service.rows("DELETE FROM cars_car; DELETE FROM django_admin_log")
            # What was arranged is there, even if the server is one that forgets.
            stage.server.execute("CHECKPOINT")
            try:
                Chaos(stage, keeper).run(events)
            except AssertionError as error:
                on_broken(str(error).partition("\n")[0])
                raise

        run()
    return happened


class Chaos:
    """What was asked of the service, what it acknowledged, and what may be there without that."""

    def __init__(self, stage: Stage, keeper: Client) -> None:
        self.service, self.gate, self.server = stage
        self.keeper = keeper
        self.acknowledged: set[str] = set()
        self.unknown: set[str] = set()
        self.keys: dict[str, str] = {}
        self.lost = self.refused = 0

    def run(self, events: list[str]) -> None:
        with self.service.client() as client:
            for event in events:
                if event in FAULTS:
                    self._fail(event)
                else:
                    self._ask(event, client)
        self._check()

    def _fail(self, fault: str) -> None:
        match fault:
            case "restart" | "crash" | "two crashes":
                for _ in range(2 if fault == "two crashes" else 1):
                    self.server.restart(SIGINT if fault == "restart" else SIGKILL)
                self._wait_for_the_news()
            case "silence":
                self._ask_in_silence()
            case "wrong clock":
                self._ask_by_a_wrong_clock()
            case "no set-up":
                self._ask_without_set_up("refused")
                self._ask_without_set_up("lost")
            case "OC000" | "OC001" as conflict:
                self.gate.control.fail_commits(2, conflict)
            case "lost-reply" | "lost-commit" as loss:
                self.lost += 1
                self.gate.control.fail_commits(1, loss)
            case _:
                self._drop(fault)

    def _drop(self, fault: str) -> None:
        """End all connections, and perhaps make new ones wait."""
        self.gate.control.drop("eof" if fault == "vanish" else "reset")
        match fault:
            case "asleep":
                self.gate.control.refuse(2, "waking-up")
            case "full":
                self.gate.control.refuse(2, "too-many-open-connections")
            case "short of connections":
                self.gate.control.limit_rate(rate=CONNECTIONS_A_SECOND, burst=1)

    def _ask_in_silence(self) -> None:
        self.gate.control.hang()
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(self._post_alone, uuid.uuid4().hex, str(uuid.uuid4()))
            time.sleep(SILENT_SECONDS)
            self.gate.control.resume()
            asked.result()

    def _ask_by_a_wrong_clock(self) -> None:
        """The server takes every token for expired, and those that are signed now as well."""
        self.gate.control.drop()
        self.gate.control.set_clock(AHEAD_SECONDS)
        self.lost += 1
        self._post_alone(uuid.uuid4().hex, str(uuid.uuid4()))
        self.gate.control.set_clock(0)

    def _ask_without_set_up(self, fault: SetUpFault) -> None:
        """A new connection, which never learns its schema."""
        self.gate.control.drop()
        self.gate.control.fail_set_ups(1, fault)
        self.lost += 1
        self._post_alone(uuid.uuid4().hex, str(uuid.uuid4()))

    def _wait_for_the_news(self) -> None:
        """Until the service can know: what it sends before, on what it takes for open, is lost."""
        end = time.monotonic() + NEWS_SECONDS
        while self.gate.control.statistics().open and time.monotonic() < end:
            time.sleep(0.01)

    def _ask(self, request: str, client: Client) -> None:
        match request:
            case "post":
                self._post_with_key(client, uuid.uuid4().hex, str(uuid.uuid4()))
            case "post again" if self.keys:
                self._post_with_key(client, *list(self.keys.items())[-1])
            case "post without a key":
                self._post(client, uuid.uuid4().hex)
            case "add in the admin":
                self._add(uuid.uuid4().hex)
            case "add with a hook that fails":
                self._add_with_hook(uuid.uuid4().hex)
            case "get":
                self._note(client.get("/cars"), {200})
            case "burst":
                model, key = uuid.uuid4().hex, str(uuid.uuid4())
                with ThreadPoolExecutor(4) as pool:
                    list(pool.map(lambda _: self._post_alone(model, key), range(4)))

    def _post_alone(self, model: str, key: str) -> None:
        with self.service.client() as client:
            self._post_with_key(client, model, key)

    def _post_with_key(self, client: Client, model: str, key: str) -> None:
        self.keys[model] = key
        self._post(client, model, **{"Idempotency-Key": key})

    def _post(self, client: Client, model: str, **headers: str) -> None:
        answer = client.post(
            "/cars", json={"make": "A", "model": model, "year": 2020}, headers=headers
        )
        done = self._note(answer, {201})
        (self.acknowledged if done else self.unknown).add(model)

    def _add(self, model: str) -> None:
        """A transaction of several statements: the car and its entry in the admin's log."""
        answer = self._fill_in(model, ADMINS)
        done = self._note(answer, {302})
        assert not done or answer.headers["Location"] == "/admin/cars/car/", "a session is missing"
        (self.acknowledged if done else self.unknown).add(model)

    def _add_with_hook(self, model: str) -> None:
        """The same, and after its COMMIT comes an error that looks as if nothing were stored."""
        self.lost += 1
        self.unknown.add(model)
        assert not self._note(self._fill_in(model, COLOR), set())

    def _fill_in(self, model: str, color: str) -> requests.Response:
        form = {"make": "A", "model": model, "year": "2020", "mileage": "0", "vin": ""}
        return self.keeper.submit("/admin/cars/car/add/", {**form, "color": color})

    def _note(self, answer: requests.Response, success: set[int]) -> bool:
        """Whether it succeeded; there is no other failure than 503."""
        assert answer.elapsed.total_seconds() < ANSWER_SECONDS, "an answer is late"
        assert answer.status_code in success | {503}, f"an answer is {answer.status_code}"
        self.refused += answer.status_code == 503
        return answer.status_code in success

    def _check(self) -> None:
        cars = self.service.rows(CARS)
        models = [model for _, model, _ in cars]
        assert self.acknowledged <= set(models), "an acknowledged car is missing"
        assert len(models) == len(set(models)), "a car is stored twice"
        unacknowledged = set(models) - self.acknowledged
        assert unacknowledged <= self.unknown, "a car is stored that nobody asked for"
        assert len(unacknowledged) <= self.lost, "a refused car is stored"
        added = sorted(key for key, _, color in cars if color in (ADMINS, COLOR))
        logged = sorted(key for (key,) in self.service.rows(LOGGED))
        assert added == logged, "a transaction is stored in part"
        assert self.refused <= self.lost, "503 without a lost reply"
