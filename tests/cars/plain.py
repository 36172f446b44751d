"""The API as plain Django REST framework would have it: nothing kept, nothing composed ahead."""

from __future__ import annotations

from django.urls import include, path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import authentication, generics, negotiation, serializers

from cars.filters import CarFilter
from cars.models import FIRST_YEAR, Car, validate_not_after_next_year
from cars.serializers import CarSerializer
from cars.views import CarList


class PlainSerializer(serializers.ModelSerializer[Car]):
    year = serializers.IntegerField(min_value=FIRST_YEAR, validators=[validate_not_after_next_year])

    class Meta:
        model = Car
        fields = CarSerializer.Meta.fields
        read_only_fields = CarSerializer.Meta.read_only_fields
        extra_kwargs = CarSerializer.Meta.extra_kwargs


class PlainView(generics.GenericAPIView[Car]):
    queryset = Car.objects.all()
    serializer_class = PlainSerializer
    authentication_classes = [authentication.SessionAuthentication]
    content_negotiation_class = negotiation.DefaultContentNegotiation


class Detail(PlainView, generics.RetrieveAPIView[Car]):
    """One car."""


class List(PlainView, generics.ListCreateAPIView[Car]):
    __doc__ = CarList.__doc__

    filter_backends = [DjangoFilterBackend]
    filterset_class = CarFilter
    pagination_class = None


# The views' names are part of what the browsable API and OPTIONS show.
Detail.__name__, List.__name__ = "CarDetail", "CarList"

urlpatterns = [
    path("cars", List.as_view(), name="car-list"),
    path("cars/<str:pk>", Detail.as_view(), name="car-detail"),
    path("", include("carsite.urls")),
]
