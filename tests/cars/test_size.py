"""What a reader of REST framework's tutorial has to read here."""

from pathlib import Path

MODULES = ("views", "serializers", "pagination", "filters")
MOST_LINES = 200


def test_the_modules_of_the_tutorial_stay_short(root: Path) -> None:
    files = [root / "cars" / f"{name}.py" for name in MODULES]
    assert sum(len(file.read_text().splitlines()) for file in files) <= MOST_LINES
