"""Single query parameters as typed values: texts, numbers, points and bounding boxes, within limits."""

from collections.abc import Callable
from math import isfinite
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from geo.crs import Bbox, LonLat
from geo.errors import BadQuery

Args = MultiDict[str, str]


T = TypeVar("T", int, float)


MAX_VALUE_LENGTH = 300  # characters of one value: no address, id or species is longer


def optional_text(args: Args, name: str) -> str | None:
    """Return the one value of `name`, stripped. None when it is absent or blank.

    >>> optional_text(MultiDict({"q": " 7201 Natural Bridge Rd "}), "q")
    '7201 Natural Bridge Rd'
    """
    values = args.getlist(name)
    if len(values) > 1:
        raise BadQuery(f"{name} is given {len(values)} times; give it once")
    return _checked_text(values[0], name).strip() or None if values else None


def required_text(args: Args, name: str) -> str:
    """Return the one value of `name`, stripped. Raises BadQuery when it is absent or blank."""
    value = optional_text(args, name)
    if value is None:
        raise BadQuery(f"{name} is missing")
    return value


def optional_integer(args: Args, name: str, *, low: int, high: int) -> int | None:
    """Return `name` as an integer from `low` to `high`. None when it is absent.

    >>> optional_integer(MultiDict({"limit": "25"}), "limit", low=1, high=100)
    25
    """
    value = optional_text(args, name)
    return None if value is None else _checked_range(_parse_number(value, name, int), name, low, high)


def required_lonlat(args: Args) -> LonLat:
    """Return the point of `lon` and `lat`, in degrees.

    >>> required_lonlat(MultiDict({"lon": "-90.305", "lat": "38.682"}))
    LonLat(lon=-90.305, lat=38.682)
    """
    lon, lat = (_parse_number(required_text(args, name), name, float) for name in ("lon", "lat"))
    return LonLat(_checked_range(lon, "lon", -180, 180), _checked_range(lat, "lat", -90, 90))


def optional_near_point(args: Args) -> LonLat | None:
    """Return the point of `near`, written "lon,lat" in degrees. None when it is absent."""
    value = optional_text(args, "near")
    if value is None:
        return None
    lon, lat = _parse_numbers(value, "near", "lon,lat", 2)
    return LonLat(_checked_range(lon, "near", -180, 180), _checked_range(lat, "near", -90, 90))


def optional_bbox(args: Args) -> Bbox | None:
    """Return the bounding box of `bbox`, written "west,south,east,north" in degrees. None when it is absent.

    >>> optional_bbox(MultiDict({"bbox": "-90.36,38.66,-90.24,38.75"}))
    Bbox(west=-90.36, south=38.66, east=-90.24, north=38.75)
    """
    value = optional_text(args, "bbox")
    if value is None:
        return None
    west, south, east, north = _parse_numbers(value, "bbox", "west,south,east,north", 4)
    for degrees, max_degrees in ((west, 180), (south, 90), (east, 180), (north, 90)):
        _checked_range(degrees, "bbox", -max_degrees, max_degrees)
    if west > east or south > north:
        raise BadQuery("bbox must be west,south,east,north: west <= east and south <= north")
    return Bbox(west, south, east, north)


def _checked_text(value: str, name: str) -> str:
    if len(value) > MAX_VALUE_LENGTH:
        raise BadQuery(f"{name} has {len(value)} characters; the limit is {MAX_VALUE_LENGTH}")
    if any(not (character.isprintable() or character.isspace()) for character in value):
        raise BadQuery(f"{name} has characters that are not text")
    return value


def _parse_numbers(value: str, name: str, form: str, count: int) -> list[float]:
    parts = value.split(",")
    if len(parts) != count:
        raise BadQuery(f"{name} must be {form}: {count} numbers, separated by commas")
    return [_parse_number(part, name, float) for part in parts]


def _parse_number(value: str, name: str, convert: Callable[[str], T]) -> T:
    try:
        number = convert(value)
    except ValueError:
        raise BadQuery(f"{name} is {value!r}, which is not a number") from None
    if not isfinite(number):
        raise BadQuery(f"{name} is {value!r}, which is not a finite number")
    return number


def _checked_range(number: T, name: str, low: float, high: float) -> T:
    if not low <= number <= high:
        raise BadQuery(f"{name} is {number}; it must be between {low} and {high}")
    return number
