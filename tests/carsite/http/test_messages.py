"""Messages of the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

CAR = {"make": "Saab", "model": "96", "year": "1967", "mileage": "0"}


@pytest.mark.django_db
def test_a_page_of_the_admin_shows_what_the_last_one_said(client: Client) -> None:
    client.force_login(User.objects.create_superuser("keeper"))
    page = client.post("/admin/cars/car/add/", CAR, follow=True)
    assert "was added successfully" in page.content.decode()
    assert "was added successfully" not in client.get("/admin/cars/car/").content.decode()
