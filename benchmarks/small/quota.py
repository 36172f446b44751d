"""The processor that a function of 256 MB has after its init phase.

Lambda gives CPU in proportion to memory, one processor at 1,769 MB:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html. The kernel's bandwidth
control does the same to a control group. It needs root, and cgroup v1 or v2.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PERIOD_US = 20_000
QUOTA_US = PERIOD_US * 256 // 1769
GONE_SECONDS = 10


class NoQuotaError(Exception):
    """This machine cannot limit a process; the message says why."""


@dataclass(frozen=True)
class Quota:
    """A control group whose members share QUOTA_US of processor every PERIOD_US."""

    group: Path

    def admit(self, pid: int) -> None:
        """From now on the process has no more than that, its threads included."""
        (self.group / "cgroup.procs").write_text(str(pid))

    def stops(self) -> int:
        """How often the kernel has stopped a member until the next period."""
        lines = (self.group / "cpu.stat").read_text().splitlines()
        return next(int(count) for name, count in map(str.split, lines) if name == "nr_throttled")


@contextlib.contextmanager
def limited() -> Iterator[Quota]:
    """A quota to admit processes to. Raises NoQuotaError where the kernel has none to give.

    At the end of the block all of its processes must have ended.
    """
    try:
        parent, settings = _hierarchy()
        group = parent / f"carsite-256mb-{os.getpid()}"
        group.mkdir()
    except OSError as error:
        raise NoQuotaError(f"no control group for processors: {error}") from error
    try:
        try:
            for name, value in settings.items():
                (group / name).write_text(value)
        except OSError as error:
            raise NoQuotaError(f"no limit for a control group: {error}") from error
        yield Quota(group)
    finally:
        _remove(group)


def _hierarchy() -> tuple[Path, dict[str, str]]:
    """The folder for a new group, and the files with the limit in it."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    for _, folder, kind, options, *_ in mounts:
        if kind == "cgroup" and "cpu" in options.split(","):
            limit = {"cpu.cfs_period_us": str(PERIOD_US), "cpu.cfs_quota_us": str(QUOTA_US)}
            return _own_group(Path(folder), "cpu"), limit
    for _, folder, kind, *_ in mounts:
        if kind == "cgroup2" and "cpu" in (Path(folder) / "cgroup.controllers").read_text().split():
            (Path(folder) / "cgroup.subtree_control").write_text("+cpu")
            return Path(folder), {"cpu.max": f"{QUOTA_US} {PERIOD_US}"}
    raise OSError("none is mounted")


def _own_group(root: Path, controller: str) -> Path:
    """The group that this process is in, so that its share of the machine is inherited."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            own = root / path.strip("/")
            return own if own.is_dir() else root  # in a container the path may be the host's
    return root


def _remove(group: Path) -> None:
    """A group can be removed once the kernel has taken its last process away."""
    deadline = time.monotonic() + GONE_SECONDS
    while True:
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
