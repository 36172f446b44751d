"""Tables that commands write into the pages of docs/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown."""
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def number(value: int) -> str:
    return f"{value:,}"


def write(page: str, command: str, text: str) -> None:
    """Put the text into its place in a page, between two comments that name the command."""
    document = DOCS / page
    begin, end = (f"<!-- {command}: {each} -->" for each in ("begin", "end"))
    before, rest = document.read_text().split(begin)
    _old, after = rest.split(end)
    document.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
