"""The environment of every process that tests, rehearsal, benchmarks and `make run-*` start.

What a user exports for their own work (AWS_PROFILE, PGHOST, DATABASE_URL, TZ, a proxy...) is not
part of what is tested. `settle()` takes it away from this process, and so from all that inherit;
`child()` is what a process of the project's gets, `terraform()` what Terraform gets, which needs
the user's own way to its providers.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping

# How programs are found, where they may write, and how they are run.
KEPT = {
    *("PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "SHELL", "TERM", "COLUMNS", "SYSTEMROOT"),
    *("VIRTUAL_ENV", "CI", "NO_COLOR", "QUICK", "CHAOS_EVENTS"),
    *("CONTRACT_SERVICES", "REGIONS_PHASE_SECONDS"),
}
# The test runner's own variables, which its workers inherit.
RUNNERS = ("PYTEST_", "COVERAGE_", "HYPOTHESIS_")
FIXED = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
# Where a machine gets Terraform's providers and pip's packages from, and how it gets there.
WAY_OUT = {
    *("TF_CLI_CONFIG_FILE", "TF_CLI_ARGS_init", "TF_PLUGIN_CACHE_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
}
WAY_OUT_PREFIXES = ("PIP_",)
# Under which these are put aside, so that workers know them and libraries do not.
ASIDE = "CARSITE_USERS_"
UMASK = 0o022


def settle() -> None:
    """Make this process independent of what its user has exported, and of their umask.

    And of being started in the background: a shell has such a process ignore Ctrl-C, and with it
    all processes that it starts.
    """
    settled = settled_from(os.environ)
    os.environ.clear()
    os.environ.update(settled)
    time.tzset()
    os.umask(UMASK)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def settled_from(exported: Mapping[str, str]) -> dict[str, str]:
    """What `settle` keeps of these variables; settling twice changes nothing."""
    kept = {
        name: value
        for name, value in exported.items()
        if name in KEPT or name.startswith((*RUNNERS, ASIDE))
    }
    aside = {
        f"{ASIDE}{name}": value
        for name, value in exported.items()
        if name in WAY_OUT or name.startswith(WAY_OUT_PREFIXES)
    }
    # Files in the user's home are theirs as well.
    nobodys = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PGPASSFILE": os.devnull,
        "PGSERVICEFILE": os.devnull,
    }
    return {**aside, **kept, **FIXED, **nobodys}


def child(variables: Mapping[str, str] | None = None, /, **more: str) -> dict[str, str]:
    """The environment of a process of the project's: these variables and little else."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    return {**kept, **FIXED, **(variables or {}), **more}


def way_out() -> dict[str, str]:
    """The user's own variables by which Terraform, pip and npm find their registries."""
    return {
        name.removeprefix(ASIDE): value
        for name, value in os.environ.items()
        if name.startswith(ASIDE)
    }


def terraform(**variables: str) -> dict[str, str]:
    """The environment of the terraform command: no account, no options but those for `init`."""
    found = {name: value for name, value in way_out().items() if not name.startswith("PIP_")}
    return child(
        found,
        TF_IN_AUTOMATION="1",
        TF_INPUT="0",
        CHECKPOINT_DISABLE="1",
        # The schema of AWS's provider is large, and looking for garbage in it as often as Go does
        # by default takes a third of the processor time.
        GOGC="400",
        # moto listens here, and no proxy leads to it.
        **(dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")),
        **variables,
    )
