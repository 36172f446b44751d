"""Calls of Django's that open transactions by themselves, run again after a conflict.

Django has no hook around them, and atomic() is a context manager, which cannot run its body again.
So the methods themselves are wrapped, here and nowhere else, when the backend is loaded. Databases
of other engines, and calls inside of a transaction, go straight through.

A call is run again only if nothing of it can have been committed (`TransactionMixin.commits`),
which includes what receivers of its signals have stored. What those do elsewhere, they do again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connections, router
from django.db.models import Model, QuerySet
from django.db.models.fields.related_descriptors import ReverseManyToOneDescriptor

from dbauth import retry
from dbauth.dsql.transactions import TransactionMixin

OF_QUERYSETS = ("bulk_create", "bulk_update", "delete", "get_or_create", "update_or_create")
# create(), get_or_create() and update_or_create() of many-to-many relations lead to these.
OF_RELATIONS = ("add", "clear", "remove", "set")


def install() -> None:
    """Wrap them, once for the process."""
    for name in OF_QUERYSETS:
        _wrap(QuerySet, name, _of_queryset)
    _wrap(Model, "delete", _of_deletion)
    _wrap(Model, "save_base", _of_save)
    # Managers of relations get a class for each relation. All kinds come from this descriptor,
    # many-to-many and generic ones included.
    get = ReverseManyToOneDescriptor.__get__

    @functools.wraps(get)
    def get_wrapped(descriptor: Any, instance: Any, cls: Any = None) -> Any:
        manager = get(descriptor, instance, cls)
        if instance is not None:
            for name in OF_RELATIONS:
                _wrap(type(manager), name, _of_relation)
        return manager

    ReverseManyToOneDescriptor.__get__ = get_wrapped  # type: ignore[method-assign, assignment] # on purpose


def _wrap(owner: type, name: str, alias_of: Callable[..., str | None]) -> None:
    method = vars(owner).get(name)  # remove() and clear() want a reference that may be empty
    if method is None or hasattr(method, "is_run_again"):
        return

    @functools.wraps(method)
    def run_again(self: Any, *args: Any, **kwargs: Any) -> Any:
        alias = alias_of(self, *args, **kwargs)
        connection = connections[alias] if alias else None
        if not isinstance(connection, TransactionMixin) or connection.in_atomic_block:
            return method(self, *args, **kwargs)
        args = tuple(_lasting(value) for value in args)
        kwargs = {key: _lasting(value) for key, value in kwargs.items()}
        return retry.call(functools.partial(method, self, *args, **kwargs), connection)

    run_again.is_run_again = True  # type: ignore[attr-defined] # a mark
    setattr(owner, name, run_again)


def _lasting(value: Any) -> Any:
    """What can be gone through once for each attempt."""
    return list(value) if isinstance(value, Iterator) else value


def _of_queryset(queryset: Any, *_args: Any, **_kwargs: Any) -> str:
    return queryset._db or router.db_for_write(queryset.model, **queryset._hints)


def _of_relation(manager: Any, *_args: Any, **_kwargs: Any) -> str:
    model = getattr(manager, "through", manager.model)
    return router.db_for_write(model, instance=manager.instance)


def _of_deletion(model: Model, using: str | None = None, *_args: Any, **_kwargs: Any) -> str:
    return using or router.db_for_write(type(model), instance=model)


def _of_save(model: Model, *_args: Any, using: str | None = None, **_kwargs: Any) -> str | None:
    """None without parents: then it is one statement, which is run again by itself."""
    if not model._meta.parents:
        return None
    return using or router.db_for_write(type(model), instance=model)
