"""The admin's writes: each one transaction that is run again after a conflict.

class CarAdmin(RetriedAdmin, admin.ModelAdmin): ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.contrib.messages.storage import default_storage
from django.db import router, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from dbauth.retry import retried

# Rows a transaction: Aurora DSQL allows 3,000, and a row may take others with it.
BATCH_ROWS = 500


class RetriedAdmin(admin.ModelAdmin):
    """A mixin of ModelAdmin; what is written in a request is written once, however often tried.

    Its pages are exempt from ATOMIC_REQUESTS: each write is a transaction of its own.
    """

    def get_urls(self) -> list[URLPattern]:
        urls = super().get_urls()
        for url in urls:
            transaction.non_atomic_requests(self._database)(url.callback)
        return urls

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._retried(super().add_view, request, *args, **kwargs)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._retried(super().change_view, request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._retried(super().delete_view, request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        view = super().changelist_view
        if "_save" in request.POST:  # list_editable; actions have transactions of their own
            return self._retried(view, request, *args, **kwargs)
        return view(request, *args, **kwargs)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        log = retried(using=self._database)(super().log_deletions)
        for batch in _batches(queryset):
            log(request, batch)  # type: ignore[arg-type] # django-stubs knows querysets only

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        delete = retried(using=self._database)(super().delete_queryset)
        for batch in _batches(queryset.values_list("pk", flat=True)):
            delete(request, self.model._default_manager.filter(pk__in=batch))

    @property
    def _database(self) -> str:
        return router.db_for_write(self.model)

    def _retried(
        self, view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)

        def attempt() -> HttpResponse:
            # What a failed attempt had to say did not happen.
            request._messages = default_storage(request)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return retried(using=self._database)(attempt)()


def _batches(rows: Iterable[Any]) -> Iterable[list[Any]]:
    listed = list(rows)
    for start in range(0, len(listed), BATCH_ROWS):
        yield listed[start : start + BATCH_ROWS]
