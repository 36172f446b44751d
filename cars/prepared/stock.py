"""Whether a class does only what its framework does, in the methods that matter."""

from __future__ import annotations

from collections.abc import Callable

FRAMEWORKS = ("builtins", "typing", "django", "django_filters", "rest_framework")


def keeps(kind: type, base: type, *names: str) -> bool:
    """Whether `kind` has these attributes from `base`."""
    return all(getattr(kind, name, None) is getattr(base, name) for name in names)


def adds_only(kind: type, allowed: Callable[[str], bool]) -> bool:
    """Whether what `kind` and its bases add to the frameworks' methods has only allowed names.

    Plain data counts as no method: it is the same for every instance.
    """
    return all(
        allowed(name)
        for owner in kind.__mro__
        if not _of_a_framework(owner)
        for name, value in vars(owner).items()
        if hasattr(value, "__get__") and name not in {"__dict__", "__weakref__"}
    )


def _of_a_framework(owner: type) -> bool:
    module = owner.__module__
    return module.partition(".")[0] in FRAMEWORKS or module.rpartition(".")[0] == __package__
