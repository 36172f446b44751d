"""`python -m tests.coverage REPORT`: how much of each package the tests reached, and where not.

REPORT is what coverage.py writes as JSON. Only the tests' own processes are in it: what runs in
servers and functions that they start is not.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

# A package is everything below these folders' own folders.
DEPTH = 2


def table(report: dict[str, Any]) -> list[str]:
    """A line for each package: its lines, how many were reached, the module with most left."""
    packages: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for name, file in report["files"].items():
        packages[_package(name)][name] = file["summary"]
    lines = [f"{'package':<22}{'lines':>7}{'reached':>9}  most left"]
    for package, files in sorted(packages.items()):
        statements = sum(file["num_statements"] for file in files.values())
        reached = sum(file["covered_lines"] for file in files.values())
        if not statements:
            continue
        name, left = max(
            ((name, file["missing_lines"]) for name, file in files.items()),
            key=lambda pair: pair[1],
        )
        worst = f"{name} ({left})" if left else ""
        lines.append(f"{package:<22}{statements:>7}{reached / statements:>9.0%}  {worst}")
    return lines


def _package(name: str) -> str:
    folders = Path(name).parent.parts
    return "/".join(folders[:DEPTH])


def main(path: Path) -> None:
    """Print the table, or why there is none."""
    if path.exists():
        print("\n".join(table(json.loads(path.read_text()))))  # noqa: T201 - it is a command
    else:
        print("Coverage is measured from Python 3.12 on, where it costs little.")  # noqa: T201 - likewise


if __name__ == "__main__":
    main(Path(sys.argv[1]))
