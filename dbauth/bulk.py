"""Changes of any number of rows, committed batch by batch.

    from dbauth import bulk

    bulk.update(Car.objects.filter(color=""), color=None)

Django puts all batches of update(), delete(), bulk_create() and bulk_update() into one transaction,
and Aurora DSQL takes 3,000 rows and 10 MiB of one. Each batch here is a transaction of its own, run
again after a conflict; so all of it is not. `progress` is called after each batch that is stored.
Inside atomic() they raise TransactionManagementError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from dbauth.dsql.row_limit import BATCH_ROWS
from dbauth.retry import retried

M = TypeVar("M", bound=Model)

# Each may take rows that refer to it along.
BATCH_DELETIONS = 300


@dataclass(frozen=True)
class Progress:
    """How far it came: `rows` changed so far, and the primary key of the last object."""

    rows: int
    last: Any


Report = Callable[[Progress], object]


def update(
    queryset: QuerySet[M],
    *,
    batch_rows: int = BATCH_ROWS,
    after: Any = None,
    progress: Report | None = None,
    **values: Any,
) -> int:
    """QuerySet.update(), in order of the primary key; how many rows it changed.

    `after` skips primary keys up to that one: the `last` that an interrupted call has reported.
    """
    rows = 0
    for keys in _keys(queryset, batch_rows, after):
        batch = queryset.order_by().filter(pk__in=keys)
        rows += retried(using=queryset.db)(batch.update)(**values)
        _report(progress, rows, keys[-1])
    return rows


def delete(
    queryset: QuerySet[M], *, batch_rows: int = BATCH_DELETIONS, progress: Report | None = None
) -> int:
    """QuerySet.delete(); how many rows it deleted, with those that referred to them.

    An interrupted call is finished by calling it again.
    """
    rows = 0
    for keys in _keys(queryset, batch_rows, None):
        batch = queryset.order_by().filter(pk__in=keys)
        deleted, _by_model = retried(using=queryset.db)(batch.delete)()
        rows += deleted
        _report(progress, rows, keys[-1])
    return rows


def create(
    queryset: QuerySet[M],
    objects: Iterable[M],
    *,
    batch_rows: int = BATCH_ROWS,
    progress: Report | None = None,
    **options: Any,
) -> int:
    """QuerySet.bulk_create(), which takes `options`; how many objects it stored.

    `objects` may be a generator. An interrupted call goes on with the objects after the first
    `rows` that it has reported, or with all of them and `ignore_conflicts=True`.
    """
    rows = 0
    for batch in _batches(objects, batch_rows):
        retried(using=queryset.db)(queryset.bulk_create)(batch, **options)
        rows += len(batch)
        _report(progress, rows, batch[-1].pk)
    return rows


def save(
    queryset: QuerySet[M],
    objects: Iterable[M],
    fields: Iterable[str],
    *,
    batch_rows: int = BATCH_ROWS,
    progress: Report | None = None,
) -> int:
    """QuerySet.bulk_update(); how many rows it changed.

    An interrupted call is finished by calling it again.
    """
    rows, names = 0, list(fields)
    for batch in _batches(objects, batch_rows):
        rows += retried(using=queryset.db)(queryset.bulk_update)(batch, names)
        _report(progress, rows, batch[-1].pk)
    return rows


def _keys(queryset: QuerySet[M], number: int, after: Any) -> Iterator[list[Any]]:
    """Primary keys in ascending order, looked up batch by batch."""
    ordered = queryset.order_by("pk").values_list("pk", flat=True)
    while keys := list((ordered if after is None else ordered.filter(pk__gt=after))[:number]):
        yield keys
        after = keys[-1]


def _batches(objects: Iterable[M], number: int) -> Iterator[list[M]]:
    remaining = iter(objects)
    while batch := list(islice(remaining, number)):
        yield batch


def _report(progress: Report | None, rows: int, last: Any) -> None:
    if progress:
        progress(Progress(rows, last))
