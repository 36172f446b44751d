"""A view may have any queryset, order and filters, whatever is prepared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, models
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_filters import rest_framework as filters
from django_filters.widgets import QueryArrayWidget
from rest_framework import serializers
from rest_framework.filters import OrderingFilter, SearchFilter

from cars.filters import CarFilter
from cars.models import Car
from cars.pagination import NewestFirstPagination
from cars.serializers import CarSerializer
from cars.views import CarDetail, CarList
from tests.cars.prepared.calls import Call


@pytest.fixture(autouse=True)
def cars(db: None) -> list[Car]:
    """Seven cars of the years 1990 to 1996, the newest last; Fiats are of even years."""
    return [
        Car.objects.create(make="Lancia" if year % 2 else "Fiat", model=str(year % 3), year=year)
        for year in range(1990, 1997)
    ]


def years(call: Call, path: str = "/", **given: Any) -> list[int]:
    """The years of all pages of a list whose class has these attributes."""
    view = type("List", (CarList,), given)
    answer = call(view, "GET", path)
    found: list[int] = []
    pages = [json.loads(answer.content)]
    while pages[-1]["next"]:
        pages.append(json.loads(call(view, "GET", pages[-1]["next"]).content))
    for page in pages:
        found += [car["year"] for car in page["results"]]
    backwards = pages[-1]
    while backwards["previous"]:
        backwards = json.loads(call(view, "GET", backwards["previous"]).content)
    assert backwards["results"] == pages[0]["results"]
    return found


def ordered(*names: str, size: int = 2) -> type:
    return type("Ordered", (NewestFirstPagination,), {"ordering": names, "page_size": size})


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("year",), [1990, 1991, 1992, 1993, 1994, 1995, 1996]),
        (("-year", "id"), [1996, 1995, 1994, 1993, 1992, 1991, 1990]),
        (("make", "-year"), [1996, 1994, 1992, 1990, 1995, 1993, 1991]),
        (("model", "make", "year"), [1992, 1995, 1990, 1996, 1993, 1994, 1991]),
    ],
)
def test_a_second_order(call: Call, order: tuple[str, ...], expected: list[int]) -> None:
    assert years(call, pagination_class=ordered(*order)) == expected


def test_the_request_may_choose_the_order(call: Call) -> None:
    given: dict[str, Any] = {
        "pagination_class": ordered("-created_at"),
        "filter_backends": [OrderingFilter],
        "ordering_fields": ["year"],
    }
    assert years(call, "/?ordering=year", **given) == list(range(1990, 1997))
    assert years(call, **given) == list(range(1996, 1989, -1))


def test_an_order_with_unknown_values_is_left_to_the_framework(call: Call) -> None:
    Car.objects.update(color="red")
    view = type("List", (CarList,), {"pagination_class": ordered("color", size=4)})
    first = json.loads(call(view, "GET").content)
    second = json.loads(call(view, "GET", first["next"]).content)
    found = [car["year"] for page in (first, second) for car in page["results"]]
    assert sorted(found) == list(range(1990, 1997))


def test_a_queryset_with_filters_of_its_own(call: Call) -> None:
    fiats = Car.objects.filter(make="Fiat").exclude(year=1994)
    assert years(call, queryset=fiats, pagination_class=ordered("year")) == [1990, 1992, 1996]
    detail = type("Fiat", (CarDetail,), {"queryset": fiats})
    assert call(detail, "GET", pk=Car.objects.get(year=1990).pk).status_code == 200
    assert call(detail, "GET", pk=Car.objects.get(year=1991).pk).status_code == 404


def test_a_queryset_for_each_request(call: Call) -> None:
    class Odd(CarList):
        def get_queryset(self) -> models.QuerySet[Car]:
            return Car.objects.filter(make=self.request.query_params["of"])

    assert len(json.loads(call(Odd, "GET", "/?of=Lancia").content)["results"]) == 3


@pytest.mark.parametrize("queryset", [Car.objects.none(), Car.objects.filter(pk__in=[])])
def test_a_queryset_that_is_always_empty(call: Call, queryset: Any) -> None:
    assert years(call, queryset=queryset) == []
    detail = type("Detail", (CarDetail,), {"queryset": queryset})
    assert call(detail, "GET", pk=Car.objects.all()[0].pk).status_code == 404


def test_a_paginator_without_a_size(call: Call) -> None:
    pagination = type("Whole", (NewestFirstPagination,), {"get_page_size": lambda *_: None})
    view = type("List", (CarList,), {"pagination_class": pagination})
    assert len(json.loads(call(view, "GET").content)) == 7


def test_a_slice_is_a_slice(call: Call) -> None:
    view = type(
        "First",
        (CarList,),
        {"queryset": Car.objects.order_by("year")[:3], "pagination_class": None},
    )
    assert [car["year"] for car in json.loads(call(view, "GET").content)] == [1990, 1991, 1992]


def test_a_slice_is_refused_by_cursors_as_the_framework_does(call: Call) -> None:
    view = type("First", (CarList,), {"queryset": Car.objects.all()[:3]})
    with pytest.raises(TypeError, match="slice"):
        call(view, "GET")


def test_an_order_that_is_not_shown(call: Call) -> None:
    class Brief(CarSerializer):
        class Meta(CarSerializer.Meta):
            fields: Any = ("year",)

    given: dict[str, Any] = {"serializer_class": Brief, "pagination_class": ordered("-year", "id")}
    assert years(call, **given) == list(range(1996, 1989, -1))
    assert years(call, "/?make=Fiat", **given) == [1996, 1994, 1992, 1990]


def test_an_annotation_is_shown(call: Call) -> None:
    class Loud(CarSerializer):
        loud = serializers.CharField(read_only=True)

        class Meta(CarSerializer.Meta):
            fields: Any = ("loud",)

    given: dict[str, Any] = {
        "queryset": Car.objects.annotate(loud=Upper("make")),
        "serializer_class": Loud,
    }
    detail, listed = type("One", (CarDetail,), given), type("All", (CarList,), given)
    car = Car.objects.get(year=1990)
    assert json.loads(call(detail, "GET", pk=car.pk).content) == {"loud": "FIAT"}
    assert {"loud": "LANCIA"} in json.loads(call(listed, "GET").content)["results"]


def test_a_database_may_be_chosen(call: Call) -> None:
    given: dict[str, Any] = {"queryset": Car.objects.using("another")}
    pk = Car.objects.all()[0].pk
    for view, kwargs in ((CarDetail, dict[str, Any](pk=pk)), (CarList, {})):
        with pytest.raises(Exception, match="another"):
            call(type("View", (view,), given), "GET", **kwargs)


def test_a_queryset_of_a_class_of_its_own(call: Call) -> None:
    class Old(models.QuerySet[Car]):
        def filter(self, *args: Any, **kwargs: Any) -> Any:
            return super().filter(*args, **kwargs, year__lt=1993)

    detail = type("Old", (CarDetail,), {"queryset": Old(Car)})
    assert call(detail, "GET", pk=Car.objects.get(year=1990).pk).status_code == 200
    assert call(detail, "GET", pk=Car.objects.get(year=1996).pk).status_code == 404


def test_other_filter_backends(call: Call) -> None:
    given: dict[str, Any] = {"filter_backends": [SearchFilter], "search_fields": ["make"]}
    assert sorted(years(call, "/?search=lanc", **given)) == [1991, 1993, 1995]


def test_a_filter_that_acts_without_a_value(call: Call) -> None:
    class OnlyFiats(CarFilter):
        def filter_queryset(self, queryset: Any) -> Any:
            return super().filter_queryset(queryset).filter(make="Fiat")

    class Required(CarFilter):
        make = filters.CharFilter(required=True)

    given: dict[str, Any] = {
        "pagination_class": ordered("year"),
    }
    assert years(call, filterset_class=OnlyFiats, **given) == [1990, 1992, 1994, 1996]
    view = type("List", (CarList,), {"filterset_class": Required})
    assert call(view, "GET").status_code == 400
    assert years(call, "/?make=Lancia", filterset_class=Required, **given) == [1991, 1993, 1995]


def test_filters_that_an_instance_changes(call: Call) -> None:
    class Renamed(CarFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.filters["brand"] = self.filters.pop("make")

    given: dict[str, Any] = {"filterset_class": Renamed, "pagination_class": ordered("year")}
    assert years(call, "/?brand=Lancia", **given) == [1991, 1993, 1995]


def test_a_filter_with_several_parameters(call: Call) -> None:
    class Ranged(filters.FilterSet):
        year = filters.RangeFilter()

    given: dict[str, Any] = {"filterset_class": Ranged, "pagination_class": ordered("year")}
    assert years(call, "/?year_min=1994", **given) == [1994, 1995, 1996]


def test_a_filter_that_reads_another_parameter(call: Call) -> None:
    class Repeated(filters.FilterSet):
        make = filters.CharFilter(widget=QueryArrayWidget)

    class Disabled(filters.FilterSet):
        make = filters.CharFilter(disabled=True)

    given: dict[str, Any] = {"pagination_class": ordered("year")}
    assert years(call, "/?make[]=Saab", filterset_class=Repeated, **given) == []
    assert len(years(call, "/?make=Saab", filterset_class=Disabled, **given)) == 7


def test_times_are_in_the_time_zone_of_the_request(call: Call) -> None:
    car = Car.objects.get(year=1990)
    with timezone.override("Asia/Tokyo"):
        answer = json.loads(call(CarDetail, "GET", pk=car.pk).content)
    assert answer["created_at"].endswith("+09:00")


def test_what_is_prepared_takes_one_query(call: Call) -> None:
    car = Car.objects.get(year=1990)
    for view, kwargs in ((CarDetail, dict[str, Any](pk=car.pk)), (CarList, {})):
        with CaptureQueriesContext(connection) as queries:
            call(view, "GET", **kwargs)
        assert len(queries) == 1
