"""The table of what a function adds to the bill adds up."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "costs.md"


def test_the_sums_of_a_function_are_those_of_its_columns() -> None:
    [table] = re.findall(
        r"^\| \| REST API, x86-64 .*?\n\n", PAGE.read_text(), re.MULTILINE | re.DOTALL
    )
    rows = [re.findall(r"\d+\.\d\d", line) for line in table.splitlines()[2:] if line]
    columns = list(zip(*rows, strict=True))

    assert len(columns) == 4
    for *parts, total in columns:
        assert f"{sum(map(float, parts)):.2f}" == total
