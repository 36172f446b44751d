"""Groups of django.contrib.auth, counted and created: a read and a write of several rows."""

import time

from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path


def groups(request: HttpRequest) -> HttpResponse:
    """GET counts them. POST makes `rows` of them in one transaction that lasts `seconds`."""
    if request.method == "GET":
        return JsonResponse({"count": Group.objects.count()})
    rows, seconds = int(request.GET["rows"]), float(request.GET["seconds"])
    with transaction.atomic():
        for number in range(rows):
            Group.objects.create(name=f"{request.GET['name']} {number}")
            time.sleep(seconds / rows)
    return JsonResponse({"made": rows}, status=201)


urlpatterns = [path("groups", groups)]
