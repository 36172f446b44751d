"""Results as a table on the screen and as a section of results.json."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# `make bench QUICK=1` looks at everything in a minute; its figures are not for the record.
QUICK = os.environ.get("QUICK") == "1"
RESULTS = Path(__file__).with_name("results-quick.json" if QUICK else "results.json")


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is text, the others are figures."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    print(f"\n{title}\n")
    for row in [header, ["-" * width for width in widths], *rows]:
        first, *others = (cell for cell in row)
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        print("  ".join(cells), flush=True)


def load() -> dict[str, Any]:
    """The sections that are there."""
    return dict(json.loads(RESULTS.read_text())) if RESULTS.exists() else {}


def save(section: str, data: Any) -> None:
    """Replace one section of results.json and leave the others as they are."""
    results = load() | {section: data}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
