"""GET /cars, POST /cars, GET /cars/{id}."""

from __future__ import annotations

from dataclasses import asdict

from django.db import IntegrityError
from rest_framework import generics
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.serializers import BaseSerializer
from rest_framework.utils.serializer_helpers import ReturnDict

from cars import idempotency
from cars.filters import CarFilter
from cars.models import Car
from cars.pagination import NewestFirstPagination
from cars.permissions import WritesMayRequireLogin
from cars.prepared.filters import PreparedFilterBackend
from cars.prepared.page import PreparedList
from cars.prepared.retrieve import PreparedRetrieve
from cars.serializers import CarSerializer
from cars.unknown import NamesUnknown


class CarList(NamesUnknown, PreparedList, generics.ListCreateAPIView[Car]):
    """Cars, newest first. The query parameters filter them; a POST adds one.

    A POST with an Idempotency-Key header is safe to send again: the same key and body always give
    the same car.
    """

    queryset = Car.objects.all()
    serializer_class = CarSerializer
    pagination_class = NewestFirstPagination
    filter_backends = [PreparedFilterBackend]
    filterset_class = CarFilter
    permission_classes = [WritesMayRequireLogin]

    replayed = False

    def perform_create(self, serializer: BaseSerializer[Car]) -> None:
        """One INSERT. What it collides with tells a repeated request from a duplicate VIN."""
        identity = idempotency.identify(self.request, serializer.validated_data)
        try:
            serializer.save(**asdict(identity) if identity else {})
        except IntegrityError as error:
            car = Car.objects.filter(pk=identity.id).first() if identity else None
            if identity is None or car is None:
                _refuse_duplicate(serializer, error)
                raise
            if car.idempotency_fingerprint != identity.idempotency_fingerprint:
                raise idempotency.KeyReusedError from error
            serializer.instance, self.replayed = car, True

    def get_success_headers(self, data: dict[str, str]) -> dict[str, str]:
        # A car's address is that of the list, which Django has parsed before, and its id.
        address = f"{self.request.build_absolute_uri(self.request.path)}/{data['id']}"
        replayed = {idempotency.REPLAYED: "true"} if self.replayed else {}
        return {"Location": address, **replayed}


def _refuse_duplicate(serializer: BaseSerializer[Car], error: IntegrityError) -> None:
    """400 if another car has this VIN; what violates any other constraint is no client's fault."""
    vin = serializer.validated_data.get("vin")
    if vin and Car.objects.filter(vin=vin).exists():
        message = ErrorDetail("A car with this VIN already exists.", "unique")
        # With the serializer, the browsable API keeps what was typed into its form.
        raise ValidationError(ReturnDict({"vin": [message]}, serializer=serializer)) from error


class CarDetail(NamesUnknown, PreparedRetrieve, generics.RetrieveAPIView[Car]):
    """One car."""

    queryset = Car.objects.all()
    serializer_class = CarSerializer
    permission_classes = [WritesMayRequireLogin]
