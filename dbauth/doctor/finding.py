"""What a step has found."""

from typing import Any, NamedTuple


class StepError(Exception):
    """A step cannot succeed: the cause, and what to do about it; neither holds a secret."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


class Finding(NamedTuple):
    """The outcome of a step: `detail` where it succeeded, `cause` and `remedy` where it failed."""

    step: str
    ok: bool
    milliseconds: float
    detail: str = ""
    cause: str = ""
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON: without what is empty."""
        return {name: value for name, value in self._asdict().items() if value != ""}

    def lines(self) -> list[str]:
        """For people: a line, and the remedy's where there is one."""
        outcome = "ok    " if self.ok else "FAILED"
        first = f"{outcome} {self.step:<11} {self.detail or self.cause}".splitlines()
        return [*first, *(f"       {line}" for line in self.remedy.splitlines())]
