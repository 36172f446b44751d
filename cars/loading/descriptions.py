"""Bad rows in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from cars.loading.outcome import InvalidRow
from cars.reading.rows import ROW

DESCRIBED = 10
LONGEST_VALUE = 40


def describe(rows: list[InvalidRow]) -> str:
    """A line each, such as `line 17: year "MMXX": A valid integer is required.`; ten at most."""
    return listed([f"{bad.row.place}: {reasons(bad)}" for bad in rows])


def listed(sentences: Sequence[str]) -> str:
    """A line each, ten at most."""
    lines = list(sentences[:DESCRIBED])
    if len(sentences) > DESCRIBED:
        lines.append(f"... and {len(sentences) - DESCRIBED:,} more")
    return "\n".join(lines)


def reasons(bad: InvalidRow) -> str:
    return "; ".join(
        " ".join(texts) if name == ROW else f"{name}{_quoted(bad, name)}: {' '.join(texts)}"
        for name, texts in bad.errors.items()
    )


def _quoted(bad: InvalidRow, name: str) -> str:
    """The value, as far as it is short and can be printed."""
    if name not in bad.values:
        return ""
    text = "".join(sign if sign.isprintable() else " " for sign in str(bad.values[name]))
    return f' "{text[:LONGEST_VALUE]}{"..." if len(text) > LONGEST_VALUE else ""}"'
