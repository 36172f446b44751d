"""What REST framework documents for views works on the cars', whatever is prepared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework import generics, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ModelSerializer

from cars.models import Car
from cars.prepared.fields import PreparedFields
from cars.prepared.insert import PreparedInsert
from cars.prepared.page import PreparedList, PreparedPagination
from cars.prepared.retrieve import PreparedRetrieve
from cars.views import CarDetail, CarList
from tests.cars.prepared.calls import Call

GIULIA: dict[str, Any] = {"make": "Alfa Romeo", "model": "Giulia", "year": 2019}


@pytest.fixture
def car(db: None) -> Car:
    return Car.objects.create(**GIULIA, color="rosso")


class Mine(BasePermission):
    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        assert isinstance(obj, Car)
        return obj.color == "rosso"


def test_an_object_permission_sees_the_car(call: Call, car: Car) -> None:
    view = type("Detail", (CarDetail,), {"permission_classes": [Mine]})
    user = User.objects.create_user("keeper")
    assert call(view, "GET", pk=car.pk, user=user).status_code == 200
    Car.objects.update(color="blu")
    assert call(view, "GET", pk=car.pk, user=user).status_code == 403


def test_an_object_permission_may_be_combined(call: Call, car: Car) -> None:
    view = type("Detail", (CarDetail,), {"permission_classes": [~Mine]})
    user = User.objects.create_user("keeper")
    assert call(view, "GET", pk=car.pk, user=user).status_code == 403


class Changeable(PreparedRetrieve, generics.RetrieveUpdateDestroyAPIView[Car]):
    queryset = CarDetail.queryset
    serializer_class = CarDetail.serializer_class


def test_another_base_class_changes_and_deletes_cars(call: Call, car: Car) -> None:
    answer = call(Changeable, "PUT", data=json.dumps({**GIULIA, "year": 2020}), pk=car.pk)
    assert (answer.status_code, json.loads(answer.content)["year"]) == (200, 2020)
    answer = call(Changeable, "PATCH", data=json.dumps({"make": "Alfa"}), pk=car.pk)
    assert (answer.status_code, json.loads(answer.content)["make"]) == (200, "Alfa")
    assert json.loads(call(Changeable, "GET", pk=car.pk).content)["year"] == 2020
    assert call(Changeable, "DELETE", pk=car.pk).status_code == 204
    assert call(Changeable, "GET", pk=car.pk).status_code == 404


def test_forms_of_the_browsable_api_know_the_car(call: Call, car: Car) -> None:
    view = type("Form", (Changeable,), {"renderer_classes": [BrowsableAPIRenderer]})
    page = call(view, "GET", pk=car.pk).content.decode()
    assert 'value="Giulia"' in page


class CarSet(PreparedRetrieve, PreparedList, viewsets.ModelViewSet[Car]):
    queryset = CarList.queryset
    serializer_class = CarList.serializer_class
    pagination_class = CarList.pagination_class

    @action(detail=True)
    def title(self, request: Request, pk: Any) -> Response:
        return Response(str(self.get_object()))

    @action(detail=False)
    def titles(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None
        return self.get_paginated_response([str(car) for car in page])


def test_extra_actions_get_instances(call: Call, car: Car) -> None:
    one = call(CarSet.as_view({"get": "title"}), "GET", pk=car.pk)
    assert one.data == "2019 Alfa Romeo Giulia"
    assert call(CarSet.as_view({"get": "titles"}), "GET").data["results"] == [one.data]
    assert call(CarSet.as_view({"get": "list"}), "GET").data["results"]


def test_a_view_may_find_its_object_itself(call: Call, car: Car) -> None:
    class First(CarDetail):
        def get_object(self) -> Car:
            found = Car.objects.first()
            assert found
            return found

    assert json.loads(call(First, "GET").content)["id"] == str(car.pk)


@pytest.mark.parametrize(("lookup", "value"), [("vin", "WP0ZZZ99ZTS392124"), ("color", "rosso")])
def test_another_lookup_field(call: Call, car: Car, lookup: str, value: str) -> None:
    Car.objects.update(vin="WP0ZZZ99ZTS392124")
    view = type("Detail", (CarDetail,), {"lookup_field": lookup, "lookup_url_kwarg": "key"})
    assert json.loads(call(view, "GET", key=value).content)["id"] == str(car.pk)
    assert call(view, "GET", key="nothing").status_code == 404


def test_the_serializer_may_depend_on_the_request(call: Call, car: Car) -> None:
    class Brief(ModelSerializer[Car]):
        class Meta:
            model = Car
            fields = ("make",)

    class Chosen(CarDetail):
        def get_serializer_class(self) -> type[BaseSerializer[Car]]:
            return Brief if "brief" in self.request.query_params else CarDetail.serializer_class

    assert json.loads(call(Chosen, "GET", "/?brief=1", pk=car.pk).content) == {"make": car.make}
    assert json.loads(call(Chosen, "GET", pk=car.pk).content)["model"] == "Giulia"


def test_another_paginator_counts(call: Call, car: Car) -> None:
    view = type(
        "Numbered",
        (CarList,),
        {"pagination_class": type("Two", (PageNumberPagination,), {"page_size": 2})},
    )
    answer = json.loads(call(view, "GET").content)
    assert (answer["count"], answer["results"][0]["id"]) == (1, str(car.pk))


def test_a_list_without_pages(call: Call, car: Car) -> None:
    view = type("All", (CarList,), {"pagination_class": None})
    assert [each["id"] for each in json.loads(call(view, "GET").content)] == [str(car.pk)]


class UserSerializer(PreparedFields, PreparedInsert, ModelSerializer[User]):
    class Meta:
        model = User
        fields = ("id", "username", "is_active", "date_joined")


class NewestUsers(PreparedPagination):
    page_size = 2
    ordering = "-date_joined"


class UserSet(PreparedRetrieve, PreparedList, viewsets.ModelViewSet[User]):
    queryset = User.objects.order_by("username")
    serializer_class = UserSerializer
    pagination_class = NewestUsers
    permission_classes: list[Any] = []


def test_another_model_with_the_same_mixins(call: Call) -> None:
    many, one = (
        UserSet.as_view({"get": "list", "post": "create"}),
        UserSet.as_view({"get": "retrieve"}),
    )
    for name in ("first", "second", "third"):
        answer = call(many, "POST", data=json.dumps({"username": name}))
        assert answer.status_code == 201
    assert call(many, "POST", data=json.dumps({"username": "third"})).status_code == 400
    page = json.loads(call(many, "GET").content)
    assert [user["username"] for user in page["results"]] == ["third", "second"]
    page = json.loads(call(many, "GET", page["next"]).content)
    assert [user["username"] for user in page["results"]] == ["first"]
    found = json.loads(call(one, "GET", pk=str(page["results"][0]["id"])).content)
    assert found == page["results"][0]
    for nothing in ("9" * 30, "x", "0"):
        assert call(one, "GET", pk=nothing).status_code == 404
