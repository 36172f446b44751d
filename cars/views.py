"""GET /cars, POST /cars, GET /cars/{id}."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import Http404
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import BaseSerializer
from rest_framework.utils.serializer_helpers import ReturnDict

from cars import idempotency
from cars.compiled import CompiledQuery, Parameter
from cars.filters import CarFilter, GivenFilters
from cars.models import Car
from cars.pagination import NewestFirstPagination
from cars.permissions import WritesMayRequireLogin
from cars.serializers import FIELDS, CarSerializer

CAR_BY_ID = CompiledQuery(
    Car.objects.filter(id=Parameter("id", Car._meta.get_field("id"))).values(*FIELDS)
)


class CarList(generics.ListCreateAPIView[Car]):
    """Cars, newest first. The query parameters filter them; a POST adds one.

    A POST with an Idempotency-Key header is safe to send again: the same key and body always give
    the same car.
    """

    queryset = Car.objects.all()
    serializer_class = CarSerializer
    pagination_class = NewestFirstPagination
    filter_backends = [GivenFilters]
    filterset_class = CarFilter
    permission_classes = [WritesMayRequireLogin]

    def perform_create(self, serializer: BaseSerializer[Car]) -> None:
        """One INSERT. What it collides with tells a repeated request from a duplicate VIN."""
        identity = idempotency.identify(self.request, serializer.validated_data)
        try:
            serializer.save(**asdict(identity) if identity else {})
        except IntegrityError as error:
            car = Car.objects.filter(pk=identity.id).first() if identity else None
            if identity is None or car is None:
                # With the serializer, the browsable API keeps what was typed into its form.
                errors = {"vin": ["A car with this VIN already exists."]}
                raise ValidationError(
                    ReturnDict(errors, serializer=serializer), code="unique"
                ) from error
            if car.idempotency_fingerprint != identity.idempotency_fingerprint:
                raise idempotency.KeyReusedError from error
            serializer.instance = car

    def get_success_headers(self, data: dict[str, str]) -> dict[str, str]:
        # A car's address is that of the list and its id.
        return {"Location": self.request.build_absolute_uri(f"{self.request.path}/{data['id']}")}


class CarDetail(generics.RetrieveAPIView[Car]):
    """One car."""

    queryset = Car.objects.all()
    serializer_class = CarSerializer
    permission_classes = [WritesMayRequireLogin]

    def get_object(self) -> Any:
        """A row for the serializer, by a query that is composed once (cars.compiled)."""
        try:
            pk = UUID(self.kwargs["pk"])
        except ValueError as error:
            raise Http404 from error
        found = CAR_BY_ID.rows(id=pk)
        if not found:
            raise Http404("No Car matches the given query.")
        self.check_object_permissions(self.request, found[0])
        return found[0]
