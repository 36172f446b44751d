"""The seventh of a processor, where the kernel can give it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.small.quota import PERIOD_US, QUOTA_US, NoQuotaError, Quota, limited

CPU_SECONDS = 0.1
BUSY = f"""
import time
started = time.perf_counter()
while time.process_time() < {CPU_SECONDS}: pass
print(time.perf_counter() - started)
"""


@pytest.fixture
def quota():
    try:
        with limited() as quota:
            yield quota
    except NoQuotaError as error:
        pytest.skip(str(error))


def busy_seconds(quota: Quota) -> float:
    """How long a process of this group takes for CPU_SECONDS of work, by the clock."""
    done = subprocess.run(
        [sys.executable, "-c", BUSY],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: quota.admit(os.getpid()),
    )
    return float(done.stdout)


def test_a_process_gets_its_share_and_no_more(quota):
    # A part of the processor time went into starting the interpreter.
    least = CPU_SECONDS / 2 * PERIOD_US / QUOTA_US
    # A busy kernel may once enforce a young group's limit late.
    assert any(busy_seconds(quota) > least for _ in range(3))


def test_it_is_gone_afterwards():
    try:
        with limited() as quota:
            assert quota.group.is_dir()
    except NoQuotaError as error:
        pytest.skip(str(error))
    assert not quota.group.exists()
