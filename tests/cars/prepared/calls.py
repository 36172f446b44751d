"""What the fixture `call` is."""

from __future__ import annotations

from typing import Any, Protocol


class Call(Protocol):
    def __call__(
        self,
        view: Any,
        method: str,
        path: str = "/",
        data: Any = None,
        user: Any = None,
        **kwargs: Any,
    ) -> Any: ...
