"""The drawings are what their script draws, in light and in dark."""

from xml.etree import ElementTree as ET

import pytest

from docs.pictures import architecture

LIMIT = 150_000  # a README is read on phones too


@pytest.mark.parametrize("name", architecture.THEMES)
def test_the_drawing_is_the_scripts(name: str) -> None:
    drawn = architecture.draw(architecture.THEMES[name])
    assert (architecture.FOLDER / f"architecture-{name}.svg").read_text() == drawn


@pytest.mark.parametrize("name", architecture.THEMES)
def test_every_box_and_word_is_inside_the_drawing(name: str) -> None:
    tree = ET.fromstring(architecture.draw(architecture.THEMES[name]))  # noqa: S314 - our own
    for element in tree.iter():
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        right, bottom = x + float(element.get("width", 0)), y + float(element.get("height", 0))
        assert max(right, x) <= architecture.WIDTH
        assert max(bottom, y) <= architecture.HEIGHT


def test_the_photographs_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in architecture.FOLDER.glob("*.png")}
    assert set(sizes) == {"admin.png", "api.png", "docs.png"}
    assert max(sizes.values()) <= LIMIT
