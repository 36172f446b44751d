from __future__ import annotations

from django_filters.rest_framework import FilterSet, NumberFilter
from rest_framework import generics
from rest_framework.pagination import PageNumberPagination

from benchmarks.peers.drf.models import Car
from benchmarks.peers.drf.serializers import CarSerializer


class CarPagination(PageNumberPagination):
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"


class CarFilter(FilterSet):
    year_min = NumberFilter("year", "gte")
    year_max = NumberFilter("year", "lte")

    class Meta:
        model = Car
        fields = ["make", "model", "year", "color", "vin"]


class CarList(generics.ListCreateAPIView[Car]):
    queryset = Car.objects.all()
    serializer_class = CarSerializer
    pagination_class = CarPagination
    filterset_class = CarFilter


class CarDetail(generics.RetrieveAPIView[Car]):
    queryset = Car.objects.all()
    serializer_class = CarSerializer
