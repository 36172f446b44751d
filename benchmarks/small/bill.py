"""What AWS bills for a function of 256 MB on x86-64.

Prices of us-east-1, https://aws.amazon.com/lambda/pricing/; the init phase is billed since August
2025: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/.
"""

from __future__ import annotations

import math

GIGABYTES = 0.25
DOLLARS_A_GIGABYTE_SECOND = 0.0000166667
DOLLARS_A_MILLION_REQUESTS = 0.20
# AWS's own observation is under 1 %: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
COLD_STARTS = 0.01


def billed_ms(*durations_ms: float) -> int:
    """Each invocation is rounded up to a whole millisecond; init and first request are one."""
    return math.ceil(sum(durations_ms))


def dollars_for_a_million(warm_ms: float, cold_ms: float) -> float:
    """A million requests of this duration, COLD_STARTS of them with the cold one."""
    average = (1 - COLD_STARTS) * billed_ms(warm_ms) + COLD_STARTS * billed_ms(cold_ms)
    seconds = average / 1000 * 1_000_000
    return seconds * GIGABYTES * DOLLARS_A_GIGABYTE_SECOND + DOLLARS_A_MILLION_REQUESTS
