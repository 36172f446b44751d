"""What the cursor and the size of a page may be."""

from __future__ import annotations

import pytest
from django.test import Client

from cars.models import Car

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["cursor=", "cursor=&page_size=", "page_size=2&cursor="])
def test_an_empty_cursor_is_the_first_page(query: str) -> None:
    for number in range(3):
        Car.objects.create(make="Saab", model=str(number), year=1967)
    found = Client().get(f"/cars?{query}").json()
    first = Client().get(f"/cars?{query.replace('cursor=', '')}").json()
    assert found["results"] == first["results"] != []
    if found["next"]:
        assert Client().get(found["next"]).json()["results"] != found["results"]
