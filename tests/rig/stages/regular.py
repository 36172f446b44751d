"""The `regular` stage over plain HTTP."""

from carsite.settings.regular import *  # noqa: F403 - settings modules extend one another this way
from tests.rig.stages.plain_http import *  # noqa: F403 - likewise
