"""Groups of django.contrib.auth, counted and created: a read and a write of several rows."""

import threading

from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

# Set: a POST that lasts goes on at once (project/serve.py).
go_on = threading.Event()


def groups(request: HttpRequest) -> HttpResponse:
    """GET counts them. POST makes `rows` of them in a transaction that lasts `seconds` at most."""
    if request.method == "GET":
        return JsonResponse({"count": Group.objects.count()})
    rows, seconds = int(request.GET["rows"]), float(request.GET["seconds"])
    go_on.clear()
    with transaction.atomic():
        for number in range(rows):
            Group.objects.create(name=f"{request.GET['name']} {number}")
            go_on.wait(seconds / rows)
    return JsonResponse({"made": rows}, status=201)


urlpatterns = [path("groups", groups)]
