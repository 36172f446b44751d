"""The token cache, with a clock and credentials of the test's own."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dbauth.iam.credentials import Credentials
from dbauth.iam.signing import dsql_request, rds_request
from dbauth.iam.tokens import TokenCache

HOST = "db.abc.us-east-1.rds.amazonaws.com"
REQUEST = rds_request(host=HOST, port=5432, user="app", region="us-east-1")
START = 1_700_000_000.0
MINUTE = 60


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class Source:
    """Stands for the environment or boto3, and counts what it is asked."""

    def __init__(self):
        self.current = Credentials("AKIAONE", "first-secret")
        self.forgotten = 0

    def load(self):
        return self.current

    def forget(self):
        self.forgotten += 1


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def cache(clock, source):
    return TokenCache(source, clock)


def test_a_token_is_reused_for_fourteen_minutes(cache, clock):
    first = cache.get(REQUEST)
    clock.now += 14 * MINUTE - 1
    assert cache.get(REQUEST) is first
    clock.now += 1
    assert cache.get(REQUEST) is not first


def test_an_hour_of_a_request_a_minute_takes_five_tokens(cache, clock):
    tokens = set()
    for _ in range(60):
        tokens.add(cache.get(REQUEST).value)
        clock.now += MINUTE
    assert len(tokens) == 5


@pytest.mark.parametrize("jump", [-86400, -1, 86400])
def test_a_clock_that_jumps_makes_a_new_token(cache, clock, jump):
    first = cache.get(REQUEST)
    clock.now += jump
    assert cache.get(REQUEST).value != first.value


def test_a_token_is_given_up_a_minute_before_its_credentials_end(cache, clock, source):
    source.current = Credentials("AKIAONE", "secret", "session", expires_at=START + 5 * MINUTE)
    first = cache.get(REQUEST)
    clock.now += 4 * MINUTE - 1
    assert cache.get(REQUEST) is first
    clock.now += 1
    assert cache.get(REQUEST) is not first


def test_credentials_that_were_merely_prolonged_keep_their_token(cache, source):
    source.current = Credentials("AKIAONE", "secret", "session", expires_at=START + 5 * MINUTE)
    first = cache.get(REQUEST)
    source.current = Credentials("AKIAONE", "secret", "session", expires_at=START + 60 * MINUTE)
    assert cache.get(REQUEST) is first


@pytest.mark.parametrize(
    "rotated",
    [
        Credentials("AKIATWO", "first-secret"),
        Credentials("AKIAONE", "second-secret"),
        Credentials("AKIAONE", "first-secret", "session"),
    ],
    ids=["key", "secret", "session token"],
)
def test_rotated_credentials_make_a_new_token_at_once(cache, source, rotated):
    first = cache.get(REQUEST)
    source.current = rotated
    assert cache.get(REQUEST).value != first.value


@pytest.mark.parametrize(
    "other",
    [
        rds_request(host=f"x{HOST}", port=5432, user="app", region="us-east-1"),
        rds_request(host=HOST, port=5433, user="app", region="us-east-1"),
        rds_request(host=HOST, port=5432, user="App", region="us-east-1"),
        rds_request(host=HOST, port=5432, user="app", region="us-east-2"),
        dsql_request(host=HOST, region="us-east-1", admin=False),
        dsql_request(host=HOST, region="us-east-1", admin=True),
    ],
    ids=["host", "port", "user", "region", "dsql", "dsql admin"],
)
def test_nobody_gets_a_token_that_was_signed_for_another(cache, other):
    assert cache.get(other).value != cache.get(REQUEST).value


def test_a_hundred_threads_that_ask_at_once_share_one_token(cache):
    barrier = threading.Barrier(100)

    def ask(_):
        barrier.wait()
        return cache.get(REQUEST)

    with ThreadPoolExecutor(100) as pool:
        assert len(set(pool.map(ask, range(100)))) == 1


def test_a_hundred_threads_that_were_refused_at_once_share_one_new_token(cache, clock, source):
    refused = cache.get(REQUEST)
    clock.now += 1
    barrier = threading.Barrier(100)

    def renew(_):
        barrier.wait()
        return cache.renew(REQUEST, refused)

    with ThreadPoolExecutor(100) as pool:
        renewed = set(pool.map(renew, range(100)))
    assert len(renewed) == 1
    assert renewed.pop().value != refused.value
    assert source.forgotten >= 1


def test_a_token_renewed_within_the_second_is_another_one(cache, clock):
    refused = cache.get(REQUEST)
    renewed = cache.renew(REQUEST, refused)
    assert renewed.value != refused.value
    # A token from the future would be refused by a server whose clock is behind.
    assert renewed.issued_at <= clock.now


def test_a_good_token_need_not_wait_for_another_threads_slow_credentials(cache, source):
    good = cache.get(REQUEST)
    load, release, asked = source.load, threading.Event(), threading.Event()

    def slow_for_one_thread():
        if threading.current_thread().name.startswith("slow"):
            asked.set()
            assert release.wait(120)
        return load()

    source.load = slow_for_one_thread
    with ThreadPoolExecutor(1, "slow") as slow, ThreadPoolExecutor(1) as other:
        waiting = slow.submit(cache.get, REQUEST)
        assert asked.wait(120)
        try:
            assert other.submit(cache.get, REQUEST).result(timeout=600) is good
        finally:
            release.set()
        assert waiting.result() is good


def test_a_child_process_does_not_inherit_a_lock_that_is_held():
    code = """
import os, threading
os.environ.update(AWS_ACCESS_KEY_ID="AKIAONE", AWS_SECRET_ACCESS_KEY="secret")
from dbauth.iam import tokens
from dbauth.iam.signing import dsql_request
request = dsql_request(host="a.dsql.us-east-1.on.aws", region="us-east-1", admin=False)
cache, sign = tokens.TokenCache(), tokens.sign
signing, forked = threading.Event(), threading.Event()
def slow(*arguments):
    signing.set()
    forked.wait(120)
    return sign(*arguments)
tokens.sign = slow
thread = threading.Thread(target=cache.get, args=(request,))
thread.start()
signing.wait(120)
child = os.fork()
if not child:
    forked.set()
    cache.get(request)
    os._exit(7)
forked.set()
thread.join()
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    result = subprocess.run(
        # From 3.12 on, Python warns of exactly what is tried here.
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert result.stdout == "7\n", result.stderr


def test_a_renewed_token_is_what_everybody_gets_from_then_on(cache):
    renewed = cache.renew(REQUEST, cache.get(REQUEST))
    assert cache.get(REQUEST) is renewed


def test_the_age_of_a_token_is_in_seconds(cache, clock):
    token = cache.get(REQUEST)
    clock.now += 12
    assert cache.age(token) == 12


def test_the_repr_of_a_token_shows_nothing_of_it(cache):
    token = cache.get(REQUEST)
    assert repr(token) == f"<Token issued at {START:.0f}>"
