"""Query strings to typed values; whatever is not understood is refused, and says what would be."""

import reprlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import cache
from math import isfinite
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from geo.errors import BadQuery
from geo.fields import Field
from geo.layers import LAYERS, Layer
from geo.naming import slug
from geo.places import Bbox, LonLat
from geo.store.protocol import Query

Args = MultiDict[str, str]
T = TypeVar("T", int, float)

LONGEST = 300  # characters of one value: no address, id or species is longer
MOST_VALUES = 100  # values of one field
MOST_TOLD = 5  # strange names told back, each in short
NULL = "null"
FROM = "_from"  # behind a date's name: from this day on
OVERDUE = "overdue"  # a status that no record has: open, and due before today
PAGING = ("limit", "after", "fields", "download")
LOOKING = ("q", "all", "near", "lon", "lat", "since", "version")
MAP_STATE = ("at", "off", "pick")  # what a map's address tells beside its filters


def only(args: Args, *allowed: str) -> None:
    """Refuse parameters that this address does not know: a misspelt filter must not widen."""
    if strange := sorted(set(args) - set(allowed)):
        known = ", ".join(allowed) or "none at all"
        told = ", ".join(map(reprlib.repr, strange[:MOST_TOLD]))
        raise BadQuery(f"unknown parameter {told}; allowed: {known}")


def text(args: Args, name: str) -> str | None:
    """Give the one text of that name; None when it is absent or blank."""
    values = args.getlist(name)
    if len(values) > 1:
        raise BadQuery(f"{name} is given {len(values)} times; give it once")
    return _sound(values[0], name).strip() or None if values else None


def required(args: Args, name: str) -> str:
    """Give the one text of that name, which must be there."""
    value = text(args, name)
    if value is None:
        raise BadQuery(f"{name} is missing")
    return value


def whole(args: Args, name: str, *, low: int, high: int) -> int | None:
    """Give the whole number of that name, when it is there and in bounds."""
    value = text(args, name)
    return None if value is None else _within(_number(value, name, int), name, low, high)


def lonlat(args: Args) -> LonLat:
    """Give the place that `lon` and `lat` name, in degrees."""
    lon, lat = (_number(required(args, name), name, float) for name in ("lon", "lat"))
    return LonLat(_within(lon, "lon", -180, 180), _within(lat, "lat", -90, 90))


def near(args: Args) -> LonLat | None:
    """Give the place of `near`, as "lon,lat" in degrees, when it is there."""
    value = text(args, "near")
    if value is None:
        return None
    lon, lat = _numbers(value, "near", "lon,lat", 2)
    return LonLat(_within(lon, "near", -180, 180), _within(lat, "near", -90, 90))


def bbox(args: Args) -> Bbox | None:
    """Give the box of `bbox`, as "west,south,east,north" in degrees, when it is there."""
    value = text(args, "bbox")
    if value is None:
        return None
    west, south, east, north = _numbers(value, "bbox", "west,south,east,north", 4)
    for degrees, most in ((west, 180), (south, 90), (east, 180), (north, 90)):
        _within(degrees, "bbox", -most, most)
    if west > east or south > north:
        raise BadQuery("bbox must be west,south,east,north: west <= east and south <= north")
    return Bbox(west, south, east, north)


def query(args: Args, layer: Layer, towns: Mapping[str, str], *, most: int, today: date) -> Query:
    """Read the question that a query string puts to a layer.

    `towns` gives the town's name for each slug; where there are none, any name is taken. Pages hold
    at most `most` records; with no `limit` all are meant. A parameter without a value is as good as
    absent, as an empty box of a form sends it; `null` stands for unknown.
    """
    where = {f.name: values for f in filters(layer) if (values := _choice(args, f, layer))}
    lapsed = lapses(layer) and OVERDUE in where.get("status", ())
    if lapsed:
        where["status"] = tuple(value for value in where["status"] if value != OVERDUE)
    names = _values(args, "town", split=True)
    named = ["" if name == NULL else town(name, towns) for name in names]
    alone = len(named) == 1 and named != [""]
    if named and not alone:
        where["town"] = tuple(dict.fromkeys(named))
    return Query(
        bbox=bbox(args),
        town=named[0] if alone else None,
        where=where,
        since={f.name: day for f in dates(layer) if (day := _day(args, f.name + FROM))},
        lapsed=today.isoformat() if lapsed else None,
        after=text(args, "after"),
        limit=whole(args, "limit", low=1, high=most),
    )


def query_from(
    layer: Layer, pairs: Iterable[tuple[str, str]], towns: Mapping[str, str], *, today: date
) -> Query:
    """Read the same question from the command line, which has no page size."""
    args: Args = MultiDict(pairs)
    only(args, *allowed(layer), "limit", "after")
    return query(args, layer, towns, most=10**9, today=today)


def town(name: str, towns: Mapping[str, str]) -> str:
    """Give a town as it calls itself, from its name or slug; where there are no towns, any name is one."""
    if towns and slug(name) not in towns:
        raise BadQuery(f"no town is called {name!r}; there are {_listed(towns)}")
    return towns.get(slug(name), name)


def fields(args: Args, layer: Layer) -> tuple[str, ...]:
    """Give the fields that `fields` names, of the public ones; none when all are wanted."""
    known = [field.name for field in layer.public]
    chosen = _values(args, "fields", split=True)
    if strange := [name for name in chosen if name not in known]:
        raise BadQuery(f"{layer.name} has no field {strange[0]!r}; it has {', '.join(known)}")
    return chosen


def filters(layer: Layer) -> tuple[Field, ...]:
    """Give the fields that the query string of a layer may filter by, `town` apart."""
    return tuple(field for field in layer.choices if field.name != "town")


def dates(layer: Layer) -> tuple[Field, ...]:
    """Give the dates from which on a layer's records may be chosen."""
    return tuple(field for field in layer.public if field.kind == "date")


def lapses(layer: Layer) -> bool:
    """Tell whether records of a layer may be overdue."""
    return {"status", "due_on"} <= {field.name for field in layer.public}


@cache
def known() -> frozenset[str]:
    """Name every parameter that some address takes."""
    filtered = {name for layer in LAYERS.values() for name in allowed(layer)}
    return frozenset(filtered | {*PAGING, *LOOKING, *MAP_STATE})


def allowed(layer: Layer) -> tuple[str, ...]:
    """Name the parameters by which a layer can be asked for, paging apart."""
    days = (field.name + FROM for field in dates(layer))
    return ("town", "bbox", *(field.name for field in filters(layer)), *days)


def _choice(args: Args, field: Field, layer: Layer) -> tuple[str, ...]:
    # Codes never hold a comma, so "remove,prune" is two; a free text may, so it is repeated instead.
    values = _values(args, field.name, split=bool(field.codes))
    further = (OVERDUE,) if field.name == "status" and lapses(layer) else ()
    codes = (*field.codes, *further)
    if field.codes and (strange := [v for v in values if v not in (*codes, NULL)]):
        raise BadQuery(f"{field.name} has no code {strange[0]!r}; it has {', '.join(codes)}")
    return tuple("" if value == NULL else value for value in values)


def _day(args: Args, name: str) -> str | None:
    value = text(args, name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise BadQuery(f"{name} is {value!r}, which is no day as 2026-03-31") from None


def _values(args: Args, name: str, *, split: bool) -> tuple[str, ...]:
    given = [_sound(value, name) for value in args.getlist(name)]
    parts = [part.strip() for value in given for part in (value.split(",") if split else [value])]
    if len(parts) > MOST_VALUES:
        raise BadQuery(f"{name} has {len(parts)} values; at most {MOST_VALUES} are taken")
    return tuple(dict.fromkeys(part for part in parts if part))


def _listed(towns: Collection[str]) -> str:
    shown = sorted(towns)[:30]
    return ", ".join(shown) + (f" and {len(towns) - 30} more" if len(towns) > 30 else "")


def _sound(value: str, name: str) -> str:
    if len(value) > LONGEST:
        raise BadQuery(f"{name} has {len(value)} characters; at most {LONGEST} are taken")
    if any(not (char.isprintable() or char.isspace()) for char in value):
        raise BadQuery(f"{name} holds characters that are no text")
    return value


def _numbers(value: str, name: str, form: str, count: int) -> list[float]:
    parts = value.split(",")
    if len(parts) != count:
        raise BadQuery(f"{name} must be {form}: {count} numbers with commas between")
    return [_number(part, name, float) for part in parts]


def _number(value: str, name: str, kind: Callable[[str], T]) -> T:
    try:
        number = kind(value)
    except ValueError:
        raise BadQuery(f"{name} is {value!r}, which is no number") from None
    if not isfinite(number):
        raise BadQuery(f"{name} is {value!r}, which is no place or count")
    return number


def _within(number: T, name: str, low: float, high: float) -> T:
    if not low <= number <= high:
        raise BadQuery(f"{name} is {number}; it must lie between {low} and {high}")
    return number
