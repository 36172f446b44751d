"""Views that only show something."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from carsite.http.errors import error_response

View = Callable[..., HttpResponseBase]
ALLOWED = ("GET", "HEAD")


def get_only(view: View) -> View:
    """GET and HEAD reach the view, any other method is 405.

    Django's require_safe alone would not do: the check for CSRF comes before it and answers a POST
    with a page about cookies. A view that changes nothing has nothing to be protected.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in ALLOWED:
            return view(request, *args, **kwargs)
        response = error_response(request, 405, f'Method "{request.method}" not allowed.')
        response["Allow"] = ", ".join(ALLOWED)
        return response

    return csrf_exempt(checked)
