"""Validation of values that people type in, against the fields of a layer.

`geo.store.geopackage.writes.record_editor` collects the faults of these functions, one sentence each.
`raise_if_faults` raises them together.
"""

import re
import reprlib
from collections.abc import Iterator, Mapping
from datetime import date
from math import inf, isfinite, nan
from numbers import Real
from typing import Any

import shapely

from geo.crs import WORLD_BBOX, Bbox
from geo.errors import BadInput
from geo.fields import Field
from geo.schema import Layer
from geo.store.records import Actor

MAX_TEXT_LENGTH = 2_000  # characters
NUMBER_PATTERN = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", re.ASCII)


def clean_values(layer: Layer, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Convert values to the types that the columns hold, and list one sentence for each that does not fit.

    None stays None (unknown). A value with a fault is left out.

    >>> from geo.schema import LAYERS
    >>> cleaned, faults = clean_values(LAYERS["trees"], {"dbh_in": "12.5", "native": "yes", "risk": "huge"})
    >>> cleaned
    {'dbh_in': 12.5, 'native': True}
    >>> faults
    ["risk is 'huge', but it must be one of extreme, high, moderate, low, unknown"]
    """
    cleaned: dict[str, Any] = {}
    faults: list[str] = []
    for name, value in values.items():
        try:
            cleaned[name] = None if value is None else _clean_value(layer.fields_by_name[name], value)
        except (ValueError, TypeError) as error:
            faults.append(f"{name} is {reprlib.repr(value)}, but {error}")
    return cleaned, faults


def not_editable_faults(layer: Layer, values: Mapping[str, Any], actor: Actor) -> Iterator[str]:
    """Yield one sentence for each field that is undeclared, joined, or private to the actor.

    >>> from geo.schema import LAYERS
    >>> values = {"dbh_in": 12, "town": "Pagedale", "color": "red", "notes": "leans"}
    >>> list(not_editable_faults(LAYERS["trees"], values, Actor("crew")))
    ['town is computed by the join and cannot be edited', "there is no field 'color'", 'notes is private and cannot be edited here']
    """
    joined_names = {field.name for field in layer.joined_fields}
    for name in values:
        field = layer.fields_by_name.get(name)
        if field is None:
            yield f"there is no field {name!r}"
        elif name in joined_names:
            yield f"{name} is computed by the join and cannot be edited"
        elif field.private and not actor.sees_private:
            yield f"{name} is private and cannot be edited here"


def missing_required_faults(layer: Layer, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence for each required field without a value.

    >>> from geo.schema import LAYERS
    >>> list(missing_required_faults(LAYERS["districts"], {"kind": "ward", "name": None}))
    ['name is required']
    """
    for field in layer.fields:
        if field.required and values.get(field.name) is None:
            yield f"{field.name} is required"


def geometry_faults(layer: Layer, wkb: bytes | None) -> Iterator[str]:
    """Yield one sentence for each fault of a geometry, given as WKB in degrees.

    >>> from geo.schema import LAYERS
    >>> list(geometry_faults(LAYERS["parcels"], shapely.Point(-90.31, 38.68).wkb))
    ["the geometry is a Point; this layer takes ['Polygon', 'MultiPolygon']"]
    >>> list(geometry_faults(LAYERS["trees"], shapely.Point(875854.9, 998434.9).wkb))
    ['the coordinates of the geometry are not degrees']
    """
    if wkb is None:
        if layer.placed_by == ("geometry",):
            yield "a geometry is required"
        return
    try:
        geometry = shapely.from_wkb(wkb)
    except shapely.errors.GEOSException as error:
        yield f"the geometry cannot be read ({error})"
        return
    if geometry.geom_type not in layer.geometry_types:
        yield f"the geometry is a {geometry.geom_type}; this layer takes {list(layer.geometry_types) or 'none'}"
    elif geometry.is_empty:
        yield "the geometry is empty"
    elif not geometry.is_valid:
        yield f"the geometry is invalid: {shapely.is_valid_reason(geometry)}"
    elif not WORLD_BBOX.contains(Bbox(*geometry.bounds)):
        yield "the coordinates of the geometry are not degrees"


def raise_if_faults(layer: Layer, id_: str, faults: list[str]) -> None:
    """Raise BadInput with every fault, if there are any.

    >>> from geo.schema import LAYERS
    >>> raise_if_faults(LAYERS["trees"], "T-7", ["species is required", "the geometry is empty"])
    Traceback (most recent call last):
    geo.errors.BadInput: trees T-7: species is required; the geometry is empty
    """
    if faults:
        raise BadInput(f"{layer.name} {id_}: " + "; ".join(faults))


def _clean_value(field: Field, value: Any) -> Any:
    """Convert a value to the type of its field. A ValueError or TypeError says which values are right.

    >>> _clean_value(Field("native", "flag", "Native."), "Yes")
    True
    >>> _clean_value(Field("planted_on", "date", "Day of planting."), "20180131")
    '2018-01-31'
    >>> _clean_value(Field("planted_on", "date", "Day of planting."), "31.1.2018")
    Traceback (most recent call last):
    ValueError: it must be a date like 2018-01-31
    """
    if field.kind in {"integer", "real"}:
        return _parse_number(field, value)
    if field.kind == "flag":
        return _parse_flag(value)
    if not isinstance(value, str):
        raise TypeError("it must be text")
    if field.kind == "date":
        return _parse_date(value)
    if field.codes and value not in field.codes:
        raise ValueError(f"it must be one of {', '.join(field.codes)}")
    if len(value) > MAX_TEXT_LENGTH or not value.replace("\n", " ").replace("\t", " ").isprintable():
        raise ValueError(f"it must be text of at most {MAX_TEXT_LENGTH:,} printable characters")
    return value


def _parse_number(field: Field, value: Any) -> float | int:
    number = _to_float(value)
    low = -inf if field.low is None else field.low
    high = inf if field.high is None else field.high
    is_integer = field.kind == "integer"
    if not isfinite(number) or not low <= number <= high or (is_integer and number != int(number)):
        raise ValueError(f"it must be {_allowed_range(field)}")
    return int(number) if is_integer else number


def _to_float(value: Any) -> float:
    """Return the number in a value, or nan if it is not a number.

    >>> _to_float(" 12.5 "), _to_float(7), _to_float("12,5"), _to_float(True)
    (12.5, 7.0, nan, nan)
    """
    is_number = NUMBER_PATTERN.fullmatch(value) if isinstance(value, str) else isinstance(value, Real)
    if not is_number or isinstance(value, bool):
        return nan
    try:
        return float(value)
    except OverflowError:
        return inf


def _allowed_range(field: Field) -> str:
    """Describe the numbers that a field may hold.

    >>> _allowed_range(Field("dbh_in", "real", "Diameter.", unit="in", low=0.1, high=120))
    'a number, at least 0.1 and at most 120 in'
    """
    bounds = (("at least", field.low), ("at most", field.high))
    range_text = " and ".join(f"{label} {limit:g}" for label, limit in bounds if limit is not None)
    noun = "a whole number" if field.kind == "integer" else "a number"
    unit_suffix = f" {field.unit}" if field.unit else ""
    return f"{noun}, {range_text}{unit_suffix}" if range_text else noun


def _parse_flag(value: Any) -> bool:
    flags = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    flag = flags.get(str(value).lower())
    if flag is None:
        raise ValueError("it must be true or false")
    return flag


def _parse_date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValueError("it must be a date like 2018-01-31") from None
