"""`python -m benchmarks.cold_token`: CPU of a fresh process that signs its first RDS token.

This is what a token adds to a cold start on Lambda. Each variant runs in processes of its own,
shuffled in every round; the figures are user and system time, the interpreter's start included.
"""

import os
import random
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.report import QUICK, save, show

ROUNDS = 3 if QUICK else 15
ROOT = Path(__file__).resolve().parents[1]
HOST = "db.abc.us-east-1.rds.amazonaws.com"
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    # AWS's documentation uses this pair; it has never been valid.
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "us-east-1",
}

VARIANTS = {
    "bare Python": "pass",
    "dbauth": f"""
from dbauth.iam.signing import rds_request
from dbauth.iam.tokens import TokenCache
request = rds_request(host="{HOST}", port=5432, user="app", region="us-east-1")
assert "X-Amz-Signature" in TokenCache().get(request).value
""",
    "botocore's signer": f"""
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
url = "https://{HOST}:5432/?Action=connect&DBUser=app"
request = AWSRequest("GET", url)
credentials = Credentials("{ENVIRONMENT["AWS_ACCESS_KEY_ID"]}", "secret")
SigV4QueryAuth(credentials, "rds-db", "us-east-1", 900).add_auth(request)
assert "X-Amz-Signature" in request.url
""",
    'boto3.client("rds")': f"""
import boto3
client = boto3.client("rds", region_name="us-east-1")
token = client.generate_db_auth_token(DBHostname="{HOST}", Port=5432, DBUsername="app")
assert "X-Amz-Signature" in token
""",
}


def cpu_milliseconds(code: str) -> float:
    """User and system time of a process that runs `code`."""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    # Popen must learn that its process is gone, or it warns.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"exit code {process.returncode} of:\n{code}")
    return (usage.ru_utime + usage.ru_stime) * 1000


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """The median of each variant in milliseconds of CPU."""
    samples: dict[str, list[float]] = {name: [] for name in VARIANTS}
    for code in VARIANTS.values():
        cpu_milliseconds(code)  # bytecode is written and files are in memory from here on
    for _ in range(rounds):
        for name in random.sample(list(VARIANTS), len(VARIANTS)):
            samples[name].append(cpu_milliseconds(VARIANTS[name]))
    return {name: statistics.median(times) for name, times in samples.items()}


def main() -> None:
    medians = measure()
    slowest = medians['boto3.client("rds")']
    show(
        f"First RDS token of a fresh process, CPU, median of {ROUNDS}",
        ["", "ms", "of boto3"],
        [[name, f"{ms:.0f}", f"{ms / slowest:.2f}"] for name, ms in medians.items()],
    )
    save("cold_token_cpu_ms", {name: round(ms, 1) for name, ms in medians.items()})


if __name__ == "__main__":
    main()
