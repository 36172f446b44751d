"""Both regions under load while one is lost and comes back twice, and what the clients saw."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.regions.clients import RegionClient
from tests.rig.regions import TwoRegions

CLIENTS = 6
LOST = 0  # us-east-1
# The first loss leaves clients without an answer, the second turns them away.
PHASES = (
    ("both", None),
    ("us-east-1 silent", True),
    ("back", None),
    ("us-east-1 refusing", False),
    ("back again", None),
)
HEAD = (
    "| clients of | while | answered | by the other region | tries in vain"
    " | most for one request | longest wait, s | median, ms |"
)
COLUMNS = HEAD.count("|") - 1
LIMIT_SECONDS = 600  # for a phase that is waited for


@contextmanager
def loading(service: TwoRegions) -> Iterator[list[RegionClient]]:
    """Clients at work, half of them at home in each region."""
    clients = [RegionClient(service, number % 2) for number in range(CLIENTS)]
    for client in clients:
        client.phase = PHASES[0][0]
        client.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.ended.set()
        for client in clients:
            client.join(LIMIT_SECONDS)


def endure(service: TwoRegions, clients: list[RegionClient], seconds: float) -> None:
    """Go through the phases, each of so many seconds at least.

    None ends before every client has had an answer from where it has to come: from its own region,
    or from the other one where its own is lost.
    """
    for name, silently in PHASES:
        for client in clients:
            client.phase = name
        if silently is None:
            _wait(clients, name, seconds, lost=None)
        else:
            with service.lost(LOST, silently=silently):
                _wait(clients, name, seconds, lost=LOST)


def _wait(clients: list[RegionClient], phase: str, seconds: float, lost: int | None) -> None:
    started = time.monotonic()
    while True:
        passed = time.monotonic() - started
        if passed >= seconds and all(
            client.has_answer(phase, away=client.home == lost) for client in clients
        ):
            return
        assert passed < seconds + LIMIT_SECONDS, f"a client has no answer in {phase!r}"
        time.sleep(0.05)


def table(clients: list[RegionClient]) -> str:
    """What the clients of each region saw in each phase, in Markdown."""
    lines = [HEAD, "|---" * COLUMNS + "|"]
    for home, region in enumerate(("us-east-1", "us-east-2")):
        for phase, _ in PHASES:
            seen = [c.seen[phase] for c in clients if c.home == home and phase in c.seen]
            waits = sorted(wait for each in seen for wait in each.waits)
            failed: dict[str, int] = {}
            for each in seen:
                for kind, count in each.failed.items():
                    failed[kind] = failed.get(kind, 0) + count
            vain = ", ".join(f"{count} {kind}" for kind, count in sorted(failed.items())) or "0"
            lines.append(
                f"| {region} | {phase} | {len(waits)} | {sum(each.away for each in seen)} | {vain}"
                f" | {max(each.most_failed for each in seen)} | {waits[-1]:.2f}"
                f" | {waits[len(waits) // 2] * 1000:.0f} |"
            )
    return "\n".join(lines)
