"""A plugin of pytest's (`-p` in pyproject.toml), loaded before pytest-django looks for settings.

Whoever imports it is independent of the shell that started them: see tests.rig.environment.
"""

from tests.rig.environment import settle

settle()
