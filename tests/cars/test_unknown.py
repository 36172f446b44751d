"""What a request names and nothing reads: named in the answer, or refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django_filters import rest_framework as filters
from pytest_django.fixtures import Settings
from rest_framework import generics, pagination
from rest_framework.filters import BaseFilterBackend, OrderingFilter, SearchFilter

from cars.models import Car
from cars.serializers import CarSerializer
from cars.unknown import HEADER, NamesUnknown

pytestmark = pytest.mark.django_db

SAAB = {"make": "Saab", "model": "96", "year": 1967}
KNOWN = "make=Saab&model=96&year=1967&year_min=1&year_max=2&color=x&vin=x&page_size=1&format=json"


def post(body: Any, client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post("/cars", body, **{"content_type": "application/json", **more})


@pytest.fixture
def strict(settings: Settings) -> None:
    settings.CARS_REFUSE_UNKNOWN = True


def test_a_parameter_that_nothing_reads_is_named() -> None:
    answer = Client().get("/cars?mak=Saab&colour=red&year=1967")
    assert (answer.status_code, answer[HEADER]) == (200, "mak, colour")
    assert HEADER not in Client().get(f"/cars?{KNOWN}")
    assert HEADER not in Client().get("/cars?cursor=")
    assert HEADER not in Client().get("/cars")


def test_a_field_that_nothing_reads_is_named() -> None:
    answer = post({**SAAB, "millage": 7, "colour": "red"})
    assert (answer.status_code, answer[HEADER]) == (201, "millage, colour")
    assert HEADER not in post(SAAB)


def test_a_car_may_be_sent_as_it_was_answered() -> None:
    assert HEADER not in post(post(SAAB).json())


def test_a_form_of_the_browsable_api_names_nothing_unknown() -> None:
    answer = Client().post("/cars", {**SAAB, "csrfmiddlewaretoken": "x"})
    assert (answer.status_code, HEADER in answer) == (201, False)


def test_a_mistake_that_is_refused_anyway_names_the_field_too() -> None:
    answer = post({"make": "Saab", "modle": "96", "year": 1967})
    assert (answer.status_code, answer[HEADER]) == (400, "modle")


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_body_that_is_no_object_is_refused_as_before(body: Any) -> None:
    answer = post("null" if body is None else body)
    assert (answer.status_code, HEADER in answer) == (400, False)


def test_any_name_fits_into_the_header() -> None:
    answer = post({**SAAB, "a\r\nSet-Cookie: b": 1, "цвет": 2, "x" * 500: 3})
    first, second, third = answer[HEADER].split(", ")
    assert (first, second) == ("a%0D%0ASet-Cookie%3A%20b", "%D1%86%D0%B2%D0%B5%D1%82")
    assert len(third) == 50
    assert len(post(SAAB | {f"a{number}": 1 for number in range(99)})[HEADER].split(", ")) == 20


def test_unknown_names_are_refused_where_the_setting_says_so(strict: None) -> None:
    answer = Client().get("/cars?mak=Saab")
    assert (answer.status_code, answer.json()) == (400, {"mak": ["There is no such parameter."]})
    answer = post({**SAAB, "millage": 7})
    assert (answer.status_code, answer.json()) == (400, {"millage": ["There is no such field."]})
    assert not Car.objects.exists()
    assert Client().get(f"/cars?{KNOWN}").status_code == 200
    assert post(SAAB).status_code == 201


def test_what_cannot_be_read_keeps_its_status(strict: None) -> None:
    assert post("{").status_code == 400
    assert post("a,b", content_type="text/csv").status_code == 415
    assert Client().put("/cars", "{", content_type="application/json").status_code == 405


class PriceFilter(filters.FilterSet):
    mileage = filters.RangeFilter()
    built = filters.DateFromToRangeFilter(field_name="created_at")
    makes = filters.BaseInFilter(field_name="make")


class Extended(NamesUnknown, generics.ListAPIView[Car]):
    queryset = Car.objects.order_by("pk")
    serializer_class = CarSerializer
    filter_backends = [filters.DjangoFilterBackend, SearchFilter, OrderingFilter]
    filterset_class = PriceFilter
    search_fields = ["make"]
    pagination_class = pagination.LimitOffsetPagination


class OfItsOwn(BaseFilterBackend):
    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        return queryset.filter(make=request.query_params.get("brand"))


class Telling(OfItsOwn):
    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [{"name": "brand", "in": "query"}]


class ByFields(Extended):
    filterset_class: Any = None
    filterset_fields = {"year": ["exact", "gte"]}


class WithItsOwn(Extended):
    filter_backends = [*Extended.filter_backends, OfItsOwn]


class WithATellingOne(Extended):
    filter_backends = [*Extended.filter_backends, Telling]


@pytest.mark.parametrize(
    ("view", "query", "ignored"),
    [
        (Extended, "mileage_min=1&mileage_max=2&built_after=2020-01-01&makes=a,b", None),
        (Extended, "search=a&ordering=year&limit=3&offset=0&format=json", None),
        (Extended, "mileage=7&page=2&sort=year", "mileage, page, sort"),
        (ByFields, "year=1967&year__gte=1967&mileage_min=7", "mileage_min"),
        (WithItsOwn, "brand=Saab&mak=Saab", None),
        (WithATellingOne, "brand=Saab&mak=Saab", "mak"),
    ],
)
def test_what_a_view_reads_is_its_own_to_say(view: Any, query: str, ignored: str | None) -> None:
    answer = view.as_view()(RequestFactory().get(f"/?{query}"))
    assert (answer.status_code, answer.headers.get(HEADER)) == (200, ignored)
