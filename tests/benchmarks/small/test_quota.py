"""The seventh of a processor, where the kernel can give it."""

import os
import subprocess
import sys

import pytest

from benchmarks.small.quota import PERIOD_US, QUOTA_US, NoQuotaError, limited

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


def test_a_process_gets_its_share_and_no_more(quota):
    done = subprocess.run(
        [sys.executable, "-c", BUSY],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: quota.admit(os.getpid()),
    )
    # A part of the processor time went into starting the interpreter.
    assert float(done.stdout) > CPU_SECONDS / 2 * PERIOD_US / QUOTA_US


def test_it_is_gone_afterwards():
    try:
        with limited() as quota:
            assert quota.group.is_dir()
    except NoQuotaError as error:
        pytest.skip(str(error))
    assert not quota.group.exists()
