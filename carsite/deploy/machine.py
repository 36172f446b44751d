"""Can this machine build what the function runs? It compiles the bytecode that will ship."""

from __future__ import annotations

import sys
from typing import Any

from click import ClickException

PYTHONS = {(3, 11), (3, 12), (3, 13), (3, 14)}


def check(runtime: str) -> None:
    """Raise ClickException unless this is the function's Python.

    `runtime` is Zappa's setting, such as "python3.12".
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
            f"The setting 'runtime' is {runtime}, but this is {here}. Remove the"
            f" setting, or deploy from an environment of {runtime}."
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
            "  and then this command again. To go on answering, deploy another environment and"
            " lead clients there first."
        )
