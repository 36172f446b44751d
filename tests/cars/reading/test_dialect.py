"""Which character separates the cells of a CSV."""

from __future__ import annotations

import pytest

from cars.reading.dialect import guessed_delimiter, named_delimiter


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("make,model,year;a;b;c;d", ","),
        ("make;model;year,a,b,c,d", ";"),
        # Names that nobody knows: then more cells are more likely to be right.
        ("un,deux,trois;quatre", ","),
        ("un|deux|trois;quatre", "|"),
        ("make", ","),
    ],
)
def test_names_of_a_cars_fields_count_for_more_than_the_number_of_cells(
    header: str, delimiter: str
) -> None:
    assert guessed_delimiter(header) == delimiter


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("sep=;", ";"), ('"SEP=|" ', "|"), ("sep=", None), ("sep=;;", None), ("make;sep=", None)],
)
def test_a_line_may_name_the_delimiter(line: str, delimiter: str | None) -> None:
    assert named_delimiter(line) == delimiter
