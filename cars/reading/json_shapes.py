"""JSON that is no list of cars, known by its beginning and named once instead of row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import orjson

from cars.reading.names import cleaned, is_known
from cars.reading.source import Source, UnreadableError

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}:]')
DUMPED = {"model", "pk", "fields"}
PAGE = {"next", "previous", "count"}
GEOJSON = "this is GeoJSON, whose cars are in its features' properties."
TAKE_OUT = " Take them out: jq -c '{}' FILE | manage.py load_cars - --format jsonl --source NAME"


@dataclass
class Outline:
    """The first object of a text, as far as the text goes."""

    keys: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)  # keys of lists of objects
    end: int = 0  # where it ends, 0 if it goes on


def outline(text: bytes) -> Outline:
    """The outline of the object that `text` begins with, after a bracket perhaps."""
    found, depth, string, opened = Outline(), 0, b"", b""
    for match in TOKEN.finditer(text, text.find(b"{")):
        token = match[0]
        if token == b":" and depth == 1:
            found.keys.append(_text(string))
        elif token == b"{" and depth == 2 and opened == b"[" and found.keys:  # noqa: PLR2004 - in a list of the object
            found.lists.append(found.keys[-1])
        if token in (b"{", b"["):
            depth += 1
        elif token in (b"}", b"]"):
            depth -= 1
        if not depth:
            found.end = match.end()
            break
        string, opened = token, token
    return found


def _text(string: bytes) -> str:
    try:
        return str(orjson.loads(string))
    except orjson.JSONDecodeError:
        return ""


def refuse_other_shapes(source: Source) -> None:
    """Raises UnreadableError, with a remedy, if `source` begins with what is known as no cars."""
    if source.first_character in (b"[", b"{"):
        first = outline(source.head)
        sentence = _element(first)
        if source.first_character == b"{":
            sentence = sentence or _object(first, source.head)
        if sentence:
            raise UnreadableError(None, sentence)


def _element(first: Outline) -> str | None:
    keys = set(first.keys)
    if keys >= DUMPED and "make" not in keys:
        return "this is what `manage.py dumpdata` writes. Load it with `manage.py loaddata`."
    if "type" in keys and keys & {"features", "properties"}:
        features = ".features[].properties" if "features" in keys else ".properties"
        return GEOJSON + TAKE_OUT.format(features)
    return None


def _object(first: Outline, head: bytes) -> str | None:
    if any(is_known(cleaned(key)) for key in first.keys):
        return _over_several_lines(first, head)
    if not first.lists:
        return _over_several_lines(first, head)
    key = first.lists[0]
    if key == "results" and PAGE.intersection(first.keys):
        found = 'a list was expected, and this is a page of an API, whose "results" holds one.'
    else:
        found = f'a list was expected, and this is an object whose "{key}" holds one.'
    return found + TAKE_OUT.format(f".{key}[]" if key.isidentifier() else f'.["{key}"][]')


def _over_several_lines(first: Outline, head: bytes) -> str | None:
    """Not of a line that is broken: there, the next one begins an object."""
    _, _, more = (head[: first.end] if first.end else head).strip().partition(b"\n")
    if not more or more.lstrip().startswith(b"{"):
        return None
    return (
        "this is an object over several lines, where JSON lines have one in each line."
        " Put [ and ] around what is one car, and a comma between two."
    )
