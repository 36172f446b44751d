"""Can this machine build what Lambda runs? Its compiled packages are the ones that will ship."""

from __future__ import annotations

import platform
import sys
from typing import Any

from click import ClickException

PYTHONS = {(3, 11), (3, 12), (3, 13)}
MACHINES = {"x86_64": {"x86_64", "amd64"}, "arm64": {"aarch64", "arm64"}}


def check(runtime: str, architecture: str) -> None:
    """Raise ClickException unless the function will run the packages installed here.

    `runtime` and `architecture` are Zappa's settings, such as "python3.12" and "x86_64".
    """
    here = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    versions = ", ".join(f"{major}.{minor}" for major, minor in sorted(PYTHONS))
    if sys.version_info[:2] not in PYTHONS:
        raise ClickException(
            f"This is {here}; the function runs on Python {versions}. Deploy from a virtual"
            " environment of one of these."
        )
    if runtime != here:
        raise ClickException(
            f"The setting 'runtime' is {runtime}, but the packages here are for {here}. Remove the"
            f" setting, or deploy from an environment of {runtime}."
        )
    machine, libc = platform.machine().lower(), platform.libc_ver()[0]
    if sys.platform != "linux" or libc != "glibc" or machine not in MACHINES[architecture]:
        raise ClickException(
            f"Lambda runs Linux with glibc on {architecture}; this is {sys.platform} on {machine}."
            " Deploy from such a machine or container: docs/deploy.md, 'From another system'."
        )


def check_running(client: Any, function: str, runtime: str) -> None:
    """Raise ClickException where an update would run new packages on the old Python.

    Zappa uploads the code before it changes the runtime, and compiled packages are for one Python.
    `client` is boto3's for Lambda.
    """
    try:
        running = client.get_function_configuration(FunctionName=function).get("Runtime", runtime)
    except client.exceptions.ResourceNotFoundException:
        return  # Zappa says so itself
    if running != runtime:
        raise ClickException(
            f"{function} runs on {running}, and the packages here are for {runtime}. An update"
            " takes two steps, between which it answers nothing:\n"
            f"  aws lambda update-function-configuration --function-name {function}"
            f" --runtime {runtime}\n"
            "  and then this command again. To go on answering, deploy another stage and lead"
            " clients there first."
        )
