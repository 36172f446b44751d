"""The names of a car's fields, and those that other people's files have for them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache

from cars.models import Car
from cars.serializers import CarSerializer

# Usual first. `make+model` is one column with both.
MAKE_AND_MODEL = "make+model"
OTHER_NAMES = {
    "make": "brand manufacturer mfr mark marque carmake makename carbrand company marke",
    "model": "modelname carmodel vehiclemodel modell modele",
    "year": "modelyear yr yearofmanufacture manufactureyear productionyear registrationyear"
    " prodyear baujahr annee",
    "vin": "vinnumber vehicleidentificationnumber chassisnumber fin",
    "color": "colour exteriorcolor exteriorcolour extcolor extcolour paintcolor paint"
    " farbe couleur",
    "mileage": "odometer miles kilometers kilometres km kms mileagekm mileagemiles kmdriven"
    " odometerreading milage kilometrage kilometerstand",
    MAKE_AND_MODEL: "name carname title vehicle makemodel makeandmodel car",
}
SIMILARITY = 0.8  # "millage" and "modle", not "trim"


def cleaned(name: str) -> str:
    """A column's name as it is compared and printed: lower case, without control characters."""
    return "".join(sign for sign in name if sign.isprintable()).strip().lower()


def squashed(name: str) -> str:
    """Letters and digits alone: "Exterior Color" and "exterior_color" are one name."""
    return re.sub(r"[\W_]+", "", name)


@cache
def fields() -> tuple[str, ...]:
    """What a file may say of a car: the API's writable fields, as far as they are columns.

    What else a serializer takes is for its create(), which stores one car at a time.
    """
    columns = {column.name for column in Car._meta.concrete_fields}
    return tuple(
        name
        for name, field in CarSerializer().fields.items()
        if not field.read_only and name in columns
    )


@cache
def required() -> tuple[str, ...]:
    return tuple(name for name in fields() if CarSerializer().fields[name].required)


def is_known(name: str) -> bool:
    """Whether a column of this cleaned name is a car's field by its own or a usual other name."""
    return name in fields() or any(squashed(name) in each.split() for each in OTHER_NAMES.values())


def likely_column(field: str, columns: list[str]) -> str | None:
    """The one of `columns` (cleaned names) that is most likely `field` under another name."""
    plain = {squashed(column): column for column in reversed(columns)}
    for name in (field, *OTHER_NAMES.get(field, "").split()):
        if name in plain:
            return plain[name]
    for column in columns:
        if field in re.split(r"[\W_]+", column):
            return column
    close = get_close_matches(field, plain, n=1, cutoff=SIMILARITY)
    return plain[close[0]] if close else None
