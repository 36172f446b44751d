"""What REST framework documents for serializers works on the car's, whatever is prepared."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework import serializers

from cars.models import Car
from cars.prepared.fields import PreparedFields, columns_shown
from cars.serializers import CarSerializer
from cars.views import CarDetail, CarList
from tests.cars.prepared.calls import Call

GIULIA: dict[str, Any] = {"make": "Alfa Romeo", "model": "Giulia", "year": 2019}


@pytest.fixture
def car(db: None) -> Car:
    return Car.objects.create(**GIULIA, color="rosso")


def shown_by(kind: type, call: Call, car: Car) -> dict[str, Any]:
    """The car as GET /cars/{id} shows it, which must be how GET /cars does."""
    detail = type("Detail", (CarDetail,), {"serializer_class": kind})
    listed = type("List", (CarList,), {"serializer_class": kind})
    one = call(detail, "GET", pk=str(car.pk))
    assert one.status_code == 200
    assert json.loads(call(listed, "GET").content)["results"] == [json.loads(one.content)]
    shown: dict[str, Any] = json.loads(one.content)
    return shown


class Named(CarSerializer):
    name = serializers.SerializerMethodField()

    class Meta(CarSerializer.Meta):
        fields: Any = ("id", "name")

    def get_name(self, car: Car) -> str:
        return str(car)


class Renamed(CarSerializer):
    brand = serializers.CharField(source="make")

    class Meta(CarSerializer.Meta):
        fields: Any = ("id", "brand")


class Loud(CarSerializer):
    class Meta(CarSerializer.Meta):
        fields: Any = ("make",)

    def to_representation(self, instance: Car) -> dict[str, Any]:
        return {**super().to_representation(instance), "make": instance.make.upper()}


class Short(serializers.ModelSerializer[Car]):
    class Meta:
        model = Car
        fields = ("model", "year")


class Nested(CarSerializer):
    itself = Short(source="*", read_only=True)

    class Meta(CarSerializer.Meta):
        fields: Any = ("make", "itself")


class Dynamic(CarSerializer):
    """As REST framework's documentation has it, with the fields from the query."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"make", "year"}:
            self.fields.pop(name)


class OfTheInstance(CarSerializer):
    def get_fields(self) -> Any:
        fields = super().get_fields()
        return {"model": fields["model"]}


def test_a_method_field_gets_an_instance(call: Call, car: Car) -> None:
    assert shown_by(Named, call, car)["name"] == "2019 Alfa Romeo Giulia"


def test_a_source_is_followed(call: Call, car: Car) -> None:
    assert shown_by(Renamed, call, car)["brand"] == "Alfa Romeo"


def test_a_representation_of_ones_own_is_shown(call: Call, car: Car) -> None:
    assert shown_by(Loud, call, car) == {"make": "ALFA ROMEO"}


def test_serializers_nest(call: Call, car: Car) -> None:
    assert shown_by(Nested, call, car) == {
        "make": "Alfa Romeo",
        "itself": {"model": "Giulia", "year": 2019},
    }


def test_fields_are_chosen_in_init(call: Call, car: Car) -> None:
    assert shown_by(Dynamic, call, car) == {"make": "Alfa Romeo", "year": 2019}


def test_fields_are_chosen_in_get_fields(call: Call, car: Car) -> None:
    assert shown_by(OfTheInstance, call, car) == {"model": "Giulia"}


def test_fewer_fields_are_still_prepared(call: Call, car: Car) -> None:
    class Fewer(CarSerializer):
        class Meta(CarSerializer.Meta):
            fields: Any = ("make", "year")

    assert shown_by(Fewer, call, car) == {"make": "Alfa Romeo", "year": 2019}
    assert columns_shown(Fewer) == ("make", "year")


def test_a_format_of_time_is_kept(call: Call, car: Car) -> None:
    class Dated(CarSerializer):
        created_at = serializers.DateTimeField(format="%Y", read_only=True)

        class Meta(CarSerializer.Meta):
            fields: Any = ("created_at",)

    assert shown_by(Dated, call, car) == {"created_at": str(car.created_at.year)}


def test_a_default_may_be_the_current_user(call: Call) -> None:
    class Owned(CarSerializer):
        owner = serializers.HiddenField(default=serializers.CurrentUserDefault())

        class Meta(CarSerializer.Meta):
            fields: Any = (*CarSerializer.Meta.fields, "owner")

        def create(self, validated_data: dict[str, Any]) -> Any:
            validated_data["color"] = validated_data.pop("owner").username
            return super().create(validated_data)

    view = type("List", (CarList,), {"serializer_class": Owned})
    for name in ("keeper", "driver"):
        user = User.objects.create_user(name)
        answer = call(view, "POST", data=json.dumps({**GIULIA, "color": "x"}), user=user)
        assert json.loads(answer.content)["color"] == name


def test_a_field_that_is_changed_is_changed_in_this_serializer_alone(prepared: bool) -> None:
    first, second = CarSerializer(data=GIULIA), CarSerializer(data=GIULIA)
    first.fields["color"].required = True
    first.fields["make"].validators.append(_refuse)
    first.fields["make"].error_messages["required"] = "Which?"
    first.fields["make"].style["base_template"] = "textarea.html"
    assert not first.is_valid()
    assert first.errors.keys() == {"color", "make"}
    for other in (second, CarSerializer(data=GIULIA)):
        assert other.is_valid(), other.errors
        assert other.fields["make"].error_messages["required"] != "Which?"
        assert not other.fields["make"].style


def _refuse(value: object) -> None:
    raise serializers.ValidationError("No.")


def test_a_serializer_shows_what_its_fields_are_changed_to(car: Car, prepared: bool) -> None:
    plain, changed = CarSerializer(car), CarSerializer(car)
    changed.fields["name"] = serializers.CharField(source="make")
    changed.fields["color"] = serializers.SerializerMethodField(method_name="get_color")
    changed.get_color = lambda shown: f"{shown.color}!"  # type: ignore[attr-defined]
    changed.fields.pop("vin")
    changed.fields["year"].write_only = True
    assert changed.data.keys() == plain.data.keys() - {"vin", "year"} | {"name"}
    assert (changed.data["name"], changed.data["color"]) == ("Alfa Romeo", "rosso!")


def test_a_field_that_becomes_write_only_is_not_shown(car: Car, prepared: bool) -> None:
    serializer = CarSerializer(car)
    serializer.fields["year"].write_only = True
    assert "year" not in serializer.data


@pytest.mark.django_db
def test_what_a_serializer_shows_is_the_same_prepared_or_not(settings: Any) -> None:
    for car in (Car(**GIULIA), Car(**GIULIA, vin="ZAR94000007370000", color="", mileage=0)):
        car.save()
        shown = []
        for settings.CARS_PREPARED in (True, False):
            data = CarSerializer(car).data
            shown.append(list(data.items()))
        assert shown[0] == shown[1]


def test_validation_of_ones_own_is_called(call: Call) -> None:
    class Strict(CarSerializer):
        def validate_make(self, value: str) -> str:
            return str(self.context["view"].__class__.__name__) + value

        def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
            if attrs["year"] == 2000:
                raise serializers.ValidationError("Not of 2000.")
            return attrs

    view = type("Factory", (CarList,), {"serializer_class": Strict})
    answer = call(view, "POST", data=json.dumps(GIULIA))
    assert json.loads(answer.content)["make"] == "FactoryAlfa Romeo"
    answer = call(view, "POST", data=json.dumps({**GIULIA, "year": 2000}))
    assert json.loads(answer.content) == {"non_field_errors": ["Not of 2000."]}


def test_a_serializer_may_be_nested_for_writing(prepared: bool) -> None:
    class Fleet(serializers.Serializer[Any]):
        cars = CarSerializer(many=True)

    fleet = Fleet(data={"cars": [GIULIA, {**GIULIA, "year": 1}]})
    assert not fleet.is_valid()
    assert fleet.errors["cars"][1].keys() == {"year"}
    assert Fleet(data={"cars": [{}]}, partial=True).is_valid()


def test_fields_of_any_kind_belong_to_one_serializer(prepared: bool, db: None) -> None:
    class UserSerializer(PreparedFields, serializers.ModelSerializer[User]):
        class Meta:
            model = User
            fields = ("id", "username", "groups", "last_login")

    one, other = UserSerializer(), UserSerializer()
    for name, field in one.fields.items():
        assert field is not other.fields[name]
        assert field.parent is one
    assert columns_shown(UserSerializer) is None
