"""Make and model out of one text, such as "Land Rover Defender 110"."""

from __future__ import annotations

from typing import Any

# Makes of more than one word; the first word is the make of all others.
LONG_MAKES = (
    "alfa romeo",
    "am general",
    "american motors",
    "aston martin",
    "austin healey",
    "austin-healey",
    "de tomaso",
    "great wall",
    "general motors",
    "land rover",
    "mercedes benz",
    "range rover",
    "rolls royce",
)


def split_make(text: Any) -> dict[str, Any]:
    """`make` and `model` as far as they are there."""
    if not isinstance(text, str):
        return {"make": text}
    words = text.split()
    count = 2 if " ".join(words[:2]).lower() in LONG_MAKES else 1
    parts = {"make": " ".join(words[:count]), "model": " ".join(words[count:])}
    return {name: part for name, part in parts.items() if part}
