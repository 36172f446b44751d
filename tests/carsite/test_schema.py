"""The committed OpenAPI document is the one that the code describes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def test_the_committed_schema_is_fresh(root: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.json"
    subprocess.run(
        [
            *(sys.executable, "manage.py", "spectacular", "--format=openapi-json"),
            *("--validate", "--fail-on-warn", f"--file={fresh}"),
        ],
        cwd=root,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "carsite.settings.schema"},
        check=True,
        timeout=60,
    )
    committed = json.loads((root / "carsite" / "openapi.json").read_text())
    assert committed == json.loads(fresh.read_text()), "run 'make schema' and commit the result"
