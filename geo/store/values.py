"""What people type in by hand, held to what the layer promises."""

from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite
from typing import Any

import shapely

from geo.errors import BadInput
from geo.fields import Field
from geo.layers import Layer
from geo.places import EARTH, Bbox
from geo.store.protocol import Actor


def cleaned(layer: Layer, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Give each value as its column holds it, and one sentence for each that cannot be."""
    clean: dict[str, Any] = {}
    faults: list[str] = []
    for name, value in values.items():
        try:
            clean[name] = None if value is None else _clean(layer.by_name[name], value)
        except (ValueError, TypeError) as error:
            faults.append(f"{name} is {value!r}, but {error}")
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
    return value


def _number(field: Field, value: Any) -> float | int:
    what = "a whole number" if field.kind == "integer" else "a number"
    try:
        number = float(value)
    except (ValueError, TypeError):
        raise ValueError(f"it must be {what}") from None
    if isinstance(value, bool) or not isfinite(number):
        raise ValueError(f"it must be {what}")
    if field.kind == "integer" and number != int(number):
        raise ValueError(f"it must be {what}")
    unit = f" {field.unit}" if field.unit else ""
    if field.low is not None and number < field.low:
        raise ValueError(f"it cannot be below {field.low:g}{unit}")
    if field.high is not None and number > field.high:
        raise ValueError(f"it cannot be above {field.high:g}{unit}")
    return int(number) if field.kind == "integer" else number


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
