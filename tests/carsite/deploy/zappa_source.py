"""What the pinned Zappa reads from zappa_settings.json."""

from __future__ import annotations

import ast
from pathlib import Path

from zappa import cli

# Zappa reads these by other means than `stage_config`.
STRUCTURAL = {"extends", "callbacks"}


def known_to_zappa() -> set[str]:
    """Every key that Zappa's source asks its settings for."""
    tree = ast.parse(Path(cli.__file__).read_text())
    asked = {
        str(call.args[0].value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "get"
        and ast.unparse(call.func.value) == "self.stage_config"
        and isinstance(call.args[0], ast.Constant)
    }
    return asked | set(cli.CUSTOM_SETTINGS) | STRUCTURAL | {"project_name"}
