"""Can this machine build what Lambda runs? Its compiled packages are the ones that will ship."""

from __future__ import annotations

import platform
import sys

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
