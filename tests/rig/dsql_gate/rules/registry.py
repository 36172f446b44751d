"""The list of rules, and how a statement is held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from tests.rig.dsql_gate.statements import Statement

UNSUPPORTED = "0A000"

# Days on which the sources recorded real clusters.
SEPTEMBER_15 = date(2026, 9, 15)
SEPTEMBER_18 = date(2026, 9, 18)
OCTOBER_3 = date(2026, 10, 3)
NOVEMBER_25 = date(2026, 11, 25)


@dataclass(frozen=True)
class Refusal:
    """The error that DSQL answers with."""

    message: str
    code: str = UNSUPPORTED
    hint: str | None = None


Judge = Callable[[Statement], Iterator[Refusal]]


@dataclass(frozen=True)
class Rule:
    """A judge for statements of some kinds.

    `observed` is the day of the recording, or of reading `page`, which documents what is supported.
    """

    kinds: frozenset[str]
    observed: date
    page: str
    judge: Judge


RULES: list[Rule] = []


def rule(*kinds: str, observed: date, page: str) -> Callable[[Judge], Judge]:
    """Register a generator of refusals for statements of these kinds."""

    def register(judge: Judge) -> Judge:
        RULES.append(Rule(frozenset(kinds), observed, page, judge))
        return judge

    return register


def refusal_of(statement: Statement) -> Refusal | None:
    """The first refusal that applies, or None."""
    for each in RULES:
        if statement.kind in each.kinds:
            for refusal in each.judge(statement):
                return refusal
    return None
