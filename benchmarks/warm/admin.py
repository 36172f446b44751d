"""The admin's list of cars, as a user who has logged in asks for it."""

from __future__ import annotations

from typing import Any

from benchmarks.warm.calls import HEADERS, get
from benchmarks.warm.variants import Worker
from tests.rig.service import Service

SESSION = """
from django.contrib.auth import get_user_model
from django.test import Client
users = get_user_model().objects
client = Client()
client.force_login(users.first() or users.create_superuser("keeper"))
(name, cookie), = client.cookies.items()
print(f"{name}={cookie.value}")
"""


def admin_list(worker: Worker, service: Service) -> dict[str, Any]:
    """The request, which is answered: RuntimeError if not."""
    service.manage("collectstatic", "--noinput", "--verbosity=0")
    headers = [*HEADERS, ("Cookie", session_cookie(service))]
    event = get("/admin/cars/car/", [header for header in headers if header[0] != "Accept"])
    answer = worker.answer(event)
    if answer["statusCode"] != 200:
        raise RuntimeError(f"the admin's list of cars: {answer}")
    return event


def session_cookie(service: Service) -> str:
    """`name=value` of a superuser's session, who is made for it."""
    return service.manage("shell", "-c", SESSION).split()[-1]
