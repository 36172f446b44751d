"""Everything that makes requests fast, for any model, serializer and view.

Nothing here knows of cars. Each class is a mixin or a base class for one of REST framework's and
does one step for all requests that the framework would do for each. Where a class of yours does
more than the framework's own, or a request asks for something unusual, it calls `super()`:

- `retrieve.PreparedRetrieve`: the SQL of one object, and a row instead of an instance; not with
  object permissions, filters, or a serializer that does more than show columns.
- `page.PreparedList`: rows instead of instances; not with such a serializer.
- `page.PreparedPagination`: the SQL of a page; not of a queryset of another backend's filters.
- `fields.PreparedFields`: the fields of a serializer; not where they depend on the instance.
- `filters.PreparedFilterBackend`: the SQL of filters by columns, for each set of those that have a
  value; not with filters that do something without one, or with a bad value.
- `negotiation.PreparedNegotiation`: the format of an answer, where the client takes any or JSON,
  and the parser of a JSON body.
- `insert.PreparedInsert`: the INSERT behind `serializer.save()`; not for models with receivers of
  signals, relations, or a `save()` of their own.

`CARS_PREPARED = False` in the settings makes every one of them call `super()`.
"""

from __future__ import annotations

from django.conf import settings


def enabled() -> bool:
    """Whether CARS_PREPARED is on, as it is by default."""
    return bool(getattr(settings, "CARS_PREPARED", True))
