"""What people type in by hand, held to what the layer promises."""

import re
import reprlib
from collections.abc import Iterator, Mapping
from datetime import date
from math import inf, isfinite, nan
from numbers import Real
from typing import Any

import shapely

from geo.errors import BadInput
from geo.fields import Field
from geo.layers import Layer
from geo.places import EARTH, Bbox
from geo.store.protocol import Actor

LONGEST = 2_000  # signs that a text typed in by hand may have
NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", re.ASCII)


def cleaned(layer: Layer, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Give each value as its column holds it, and one sentence for each that cannot be."""
    clean: dict[str, Any] = {}
    faults: list[str] = []
    for name, value in values.items():
        try:
            clean[name] = None if value is None else _clean(layer.by_name[name], value)
        except (ValueError, TypeError) as error:
            faults.append(f"{name} is {reprlib.repr(value)}, but {error}")
    return clean, faults


def unfit(layer: Layer, values: Mapping[str, Any], actor: Actor) -> Iterator[str]:
    """Yield one sentence for each name that nobody may give a value to."""
    joined = {field.name for field in layer.joined}
    for name in values:
        field = layer.by_name.get(name)
        if field is None:
            yield f"there is no field {name!r}"
        elif name in joined:
            yield f"{name} is made by the join, not by hand"
        elif field.private and not actor.sees_private:
            yield f"{name} is private"


def lacking(layer: Layer, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence for each required field that has no value."""
    for field in layer.fields:
        if field.required and values.get(field.name) is None:
            yield f"{field.name} is required"


def shape_faults(layer: Layer, wkb: bytes | None) -> Iterator[str]:
    """Yield one sentence for each fault of a shape."""
    if wkb is None:
        if layer.placed_by == ("geometry",):
            yield "a shape is required"
        return
    try:
        shape = shapely.from_wkb(wkb)
    except shapely.errors.GEOSException as error:
        yield f"the shape cannot be read ({error})"
        return
    if shape.geom_type not in layer.geometry:
        yield f"the shape is a {shape.geom_type}; this layer takes {list(layer.geometry) or 'none'}"
    elif shape.is_empty:
        yield "the shape is empty"
    elif not shape.is_valid:
        yield f"the shape is invalid: {shapely.is_valid_reason(shape)}"
    elif not EARTH.holds(Bbox(*shape.bounds)):
        yield "the shape's coordinates are no degrees"


def refuse(layer: Layer, id_: str, faults: list[str]) -> None:
    """Raise BadInput with every fault, if there is any."""
    if faults:
        raise BadInput(f"{layer.name} {id_}: " + "; ".join(faults))


def _clean(field: Field, value: Any) -> Any:
    """Give a value as its column holds it; ValueError tells what would be right."""
    if field.kind in {"integer", "real"}:
        return _number(field, value)
    if field.kind == "flag":
        return _flag(value)
    if not isinstance(value, str):
        raise TypeError("it must be text")
    if field.kind == "date":
        return _date(value)
    if field.codes and value not in field.codes:
        raise ValueError(f"it must be one of {', '.join(field.codes)}")
    if len(value) > LONGEST or not value.replace("\n", " ").replace("\t", " ").isprintable():
        raise ValueError(f"it must be text of at most {LONGEST:,} signs, all of them printable")
    return value


def _number(field: Field, value: Any) -> float | int:
    number = _read(value)
    low = -inf if field.low is None else field.low
    high = inf if field.high is None else field.high
    whole = field.kind == "integer"
    if not isfinite(number) or not low <= number <= high or (whole and number != int(number)):
        raise ValueError(f"it must be {_allowed(field)}")
    return int(number) if whole else number


def _read(value: Any) -> float:
    """Read a number; nan where there is none."""
    typed = NUMBER.fullmatch(value) if isinstance(value, str) else isinstance(value, Real)
    if not typed or isinstance(value, bool):
        return nan
    try:
        return float(value)
    except OverflowError:
        return inf


def _allowed(field: Field) -> str:
    """Say which numbers a field may hold.

    >>> _allowed(Field("dbh_in", "real", "Diameter.", unit="in", low=0.1, high=120))
    'a number, at least 0.1 and at most 120 in'
    """
    bounds = (("at least", field.low), ("at most", field.high))
    said = " and ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
    what = "a whole number" if field.kind == "integer" else "a number"
    unit = f" {field.unit}" if field.unit else ""
    return f"{what}, {said}{unit}" if said else what


def _flag(value: Any) -> bool:
    flags = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = flags.get(str(value).lower())
    if found is None:
        raise ValueError("it must be true or false")
    return found


def _date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("it must be a date, written as 2018-01-31") from None
