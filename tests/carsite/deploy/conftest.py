"""What the hooks find where they run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from carsite.deploy import stage
from tests.carsite.deploy.fake_zappa import OUTPUTS


@pytest.fixture
def outputs_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Outputs of both stages, AWS's certificates in place, and nothing else exported."""
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(OUTPUTS))
    (tmp_path / "ca.pem").write_text("certificates")
    monkeypatch.setattr(stage, "RDS_CA", tmp_path / "ca.pem")
    monkeypatch.setenv("DEPLOY_OUTPUTS", str(file))
    for name in (
        *("DATABASE_PASSWORD", "TF_VAR_database_password"),
        *("DJANGO_SECRET_KEY", "DJANGO_SECRET_KEY_FALLBACKS", "DEPLOY_MOVES"),
    ):
        monkeypatch.delenv(name, raising=False)
    return file
