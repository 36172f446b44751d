"""The admin's list of cars, as a user who has logged in asks for it."""

from __future__ import annotations

from typing import Any

from benchmarks.warm.calls import HEADERS, get
from benchmarks.warm.variants import Worker
from tests.rig.service import ADMIN, Service

SESSION = """
from django.contrib.auth import get_user_model
from django.test import Client
client = Client()
client.force_login(get_user_model().objects.get())
print(client.cookies["sessionid"].value)
"""


def admin_list(worker: Worker, service: Service) -> dict[str, Any]:
    """The request, which is answered: RuntimeError if not."""
    name, password = ADMIN
    service.manage("collectstatic", "--noinput", "--verbosity=0")
    service.manage(
        *("createsuperuser", "--noinput", f"--username={name}", "--email=keeper@example.com"),
        DJANGO_SUPERUSER_PASSWORD=password,
    )
    session = service.manage("shell", "-c", SESSION).split()[-1]
    headers = [*HEADERS, ("Cookie", f"sessionid={session}")]
    event = get("/admin/cars/car/", [header for header in headers if header[0] != "Accept"])
    answer = worker.answer(event)
    if answer["statusCode"] != 200:
        raise RuntimeError(f"the admin's list of cars: {answer}")
    return event
