"""Steps of a migration, as a schema editor without a journal sees them: all are new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Step:
    """A statement, or a comment (`-- ...`) about what else has happened.

    `done` says that an earlier run has carried it out, and `position` where it is written down.
    """

    text: str
    position: int | None = None
    done: bool = False


class NoJournal:
    """For schema editors outside of migrations: everything happens for the first time."""

    def reach(self, milestone: str) -> None:
        """Another part of the migration begins."""

    def remember(self, question: str, answer: Callable[[], T]) -> T:
        """The answer that the catalog gave when it was asked for the first time."""
        return answer()

    def step(self, text: str) -> Step:
        """What is known of a statement of this part."""
        return Step(text)

    def note(self, step: Step) -> None:
        """Write down that the statement is about to be run, or that what the comment says is so."""

    def forget(self, step: Step) -> None:
        """The statement came to nothing: the server refused it, or its job failed."""
