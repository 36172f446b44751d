"""What the tests of the cars app may ask for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cars.loading.loads import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of CSV or, for a list, of JSON; its path."""

    def _write(name: str, content: str | list[Any]) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return _write
