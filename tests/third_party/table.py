"""The table of docs/dsql.md: which packages' migrations run through, and what stops the others."""

from __future__ import annotations

import re

from tests.rig import tables
from tests.third_party import kills, results, sites
from tests.third_party.packages import PACKAGES, Package
from tests.third_party.runs import OURS, PEERS, Outcome

SENTENCE = re.compile(r"(?<!\.)\. (?=[A-Z])")


def stops(outcome: Outcome) -> bool:
    return bool(outcome.error)


def is_unexpected(package: Package, outcome: Outcome) -> bool:
    """Whether something stops it that is neither PostgreSQL's alone nor a primary key."""
    return stops(outcome) and not package.needs and "primary key" not in outcome.error


def text() -> str:
    """All of it, in Markdown; of packages that have results."""
    ours = {name: outcome for name in PACKAGES if (outcome := results.load(OURS, name)) is not None}
    through = [name for name, outcome in ours.items() if not stops(outcome)]
    listed = ", ".join(f"{name} {sites.version(PACKAGES[name])}" for name in through)
    parts = [
        f"The migrations of {len(through)} of {len(ours)} sets run through: {listed}.",
        "The others stop, before the first statement of a migration unless its own code runs it:",
        tables.table(
            ["", "stops at", "because", "what to do"],
            [_row(PACKAGES[name], each) for name, each in ours.items() if stops(each)],
        ),
        *filter(None, map(_peer, PEERS)),
        _kills(),
    ]
    return "\n\n".join(filter(None, parts))


def _row(package: Package, outcome: Outcome) -> list[str]:
    why, *advice = SENTENCE.split(_cell(outcome.error))
    if package.needs:
        why = f"it needs {package.needs}: {why}"
        advice = ["Use another package, or another database for this app (DATABASE_ROUTERS)."]
    return [
        f"{package.name} {sites.version(package)}",
        f"`{outcome.migration}`",
        why,
        ". ".join(advice).rstrip(".") + ".",
    ]


def _peer(engine: str) -> str:
    outcomes = [outcome for name in PACKAGES if (outcome := results.load(engine, name))]
    through = sum(not stops(outcome) for outcome in outcomes)
    where = sorted({f"`{each.migration}`: {_cell(each.error)}" for each in outcomes if stops(each)})
    if not outcomes:
        return ""
    name = engine.replace("the same", PEERS[0])
    return f"With {name} {through} of {len(outcomes)} run through. Stops: {'; '.join(where)}."


def _kills() -> str:
    done = {name: times for name in kills.PACKAGES if (times := results.load_kills(name))}
    names = " and ".join(done)
    times = min(done.values(), default=0)
    return names and (
        f"{names}, killed by SIGKILL {times} times each at points spread over all their"
        " statements, and run again, leave the same schema and the same recorded migrations as"
        " undisturbed."
    )


def _cell(error: str) -> str:
    return " ".join(error.split()).replace("|", "\\|").rstrip(".")
