"""Parsing of query strings into typed values. Anything not understood raises BadQuery.

The views call the `optional_*` and `required_*` functions and `parse_query`. The `export` command
calls `query_from_pairs`. Every error message says which value would be accepted.
"""

import reprlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache

from werkzeug.datastructures import MultiDict

from geo.errors import BadQuery
from geo.fields import Field
from geo.identifiers import slugify
from geo.schema import LAYERS, Layer
from geo.store.records import Query
from webmap.param_values import Args, _checked_text, optional_bbox, optional_integer, optional_text

MAX_VALUES = 100  # values of one field
MAX_REPORTED_NAMES = 5  # unknown names listed in an error message, each shortened
NULL = "null"
FROM_SUFFIX = "_from"  # after the name of a date field: on this day or later
# Statuses that no record holds: due before today, and open or of unknown status.
OVERDUE = "overdue"
MAYBE_OVERDUE = "maybe_overdue"
STATUS_IF_LATE = {OVERDUE: "open", MAYBE_OVERDUE: "unknown"}
PAGING_PARAMS = ("limit", "after", "fields", "download")
LOOKUP_PARAMS = ("q", "all", "near", "lon", "lat", "since", "version")
FORMAT = "format"  # the export format that a form asks for
MAP_STATE_PARAMS = ("at", "off", "pick")  # the parts of a map's URL besides its filters


def allow_only(args: Args, *allowed: str) -> None:
    """Raise BadQuery for parameters that this address does not take.

    A misspelled filter must not return more records than were asked for.

    >>> allow_only(MultiDict({"tonw": "Pagedale"}), "town", "bbox")
    Traceback (most recent call last):
        ...
    geo.errors.BadQuery: unknown parameter 'tonw'; the parameters are: town, bbox
    """
    if unknown := sorted(set(args) - set(allowed)):
        allowed_text = ", ".join(allowed) or "none"
        unknown_text = ", ".join(map(reprlib.repr, unknown[:MAX_REPORTED_NAMES]))
        raise BadQuery(f"unknown parameter {unknown_text}; the parameters are: {allowed_text}")


def known_args(args: Args, *allowed: str) -> Args:
    """Return the parameters that a page takes. Others, such as those of a newsletter's links, are ignored.

    >>> known_args(MultiDict({"town": "Pagedale", "utm_source": "mail"}), "town").to_dict()
    {'town': 'Pagedale'}
    """
    return MultiDict([(name, value) for name, value in args.items(multi=True) if name in allowed])


def parse_query(args: Args, layer: Layer, towns: Mapping[str, str], *, max_limit: int, today: date) -> Query:
    """Return the query that a query string asks of a layer.

    `towns` maps slugs to town names. An empty mapping accepts any name. Without `limit` the query has
    no limit. A parameter with an empty value counts as absent, because forms send empty inputs.
    The value `null` means unknown.

    >>> args = MultiDict({"status": "overdue", "town": "pagedale", "limit": "10"})
    >>> towns = {"pagedale": "Pagedale"}
    >>> query = parse_query(args, LAYERS["inspections"], towns, max_limit=100, today=date(2026, 5, 4))
    >>> query.town, query.due_before, query.limit
    ('Pagedale', '2026-05-04', 10)
    """
    where = {field.name: values for field in filter_fields(layer) if (values := _choice_values(args, field, layer))}
    late_codes = [code for code in where.get("status", ()) if code in STATUS_IF_LATE and can_be_overdue(layer)]
    if late_codes:
        where["status"] = tuple(value for value in where["status"] if value not in late_codes)
    names = _value_list(args, "town", split=True)
    town_names = ["" if name == NULL else resolve_town(name, towns) for name in names]
    is_single_town = len(town_names) == 1 and town_names != [""]
    if town_names and not is_single_town:
        where["town"] = tuple(dict.fromkeys(town_names))
    return Query(
        bbox=optional_bbox(args),
        town=town_names[0] if is_single_town else None,
        where=where,
        date_from={
            field.name: day for field in date_fields(layer) if (day := _parse_day(args, field.name + FROM_SUFFIX))
        },
        due_before=today.isoformat() if late_codes else None,
        due_statuses=tuple(STATUS_IF_LATE[code] for code in late_codes) or ("open",),
        after_id=optional_text(args, "after"),
        limit=optional_integer(args, "limit", low=1, high=max_limit),
    )


def query_from_pairs(layer: Layer, pairs: Iterable[tuple[str, str]], towns: Mapping[str, str], *, today: date) -> Query:
    """Return the same query from the options of the command line, which has no page size.

    >>> query_from_pairs(LAYERS["sites"], [("need", "remove,prune")], {}, today=date(2026, 5, 4)).where
    {'need': ('remove', 'prune')}
    """
    args: Args = MultiDict(pairs)
    allow_only(args, *layer_parameters(layer), "limit", "after")
    return parse_query(args, layer, towns, max_limit=10**9, today=today)


def resolve_town(name: str, towns: Mapping[str, str]) -> str:
    """Return the official name of a town from its name or slug. Any name is valid when `towns` is empty.

    >>> resolve_town("st-john", {"st-john": "St. John"})
    'St. John'
    """
    if towns and slugify(name) not in towns:
        raise BadQuery(f"no town is named {name!r}; the towns are: {_town_list_text(towns)}")
    return towns.get(slugify(name), name)


def parse_fields(args: Args, layer: Layer) -> tuple[str, ...]:
    """Return the public fields named in `fields`. Empty when the parameter is absent, which means all.

    >>> parse_fields(MultiDict({"fields": "common,dbh_in"}), LAYERS["trees"])
    ('common', 'dbh_in')
    """
    known_names = [field.name for field in layer.public_fields]
    names = _value_list(args, "fields", split=True)
    if unknown := [name for name in names if name not in known_names]:
        raise BadQuery(f"{layer.name} have no field {unknown[0]!r}; the fields are: {', '.join(known_names)}")
    return names


def filter_fields(layer: Layer) -> tuple[Field, ...]:
    """Return the fields that a layer can be filtered by, without `town`.

    >>> [field.name for field in filter_fields(LAYERS["parcels"])]
    ['kind', 'need']
    """
    return tuple(field for field in layer.filter_fields if field.name != "town")


def date_fields(layer: Layer) -> tuple[Field, ...]:
    """Return the public date fields of a layer. Each can be filtered by its first day.

    >>> [field.name for field in date_fields(LAYERS["trees"])]
    ['planted_on', 'surveyed_on']
    """
    return tuple(field for field in layer.public_fields if field.kind == "date")


def can_be_overdue(layer: Layer) -> bool:
    """Return whether records of a layer can be overdue: they have a status and a due date.

    >>> can_be_overdue(LAYERS["inspections"]), can_be_overdue(LAYERS["trees"])
    (True, False)
    """
    return {"status", "due_on"} <= {field.name for field in layer.public_fields}


@cache
def all_parameter_names() -> frozenset[str]:
    """Return the names of all parameters that any address takes.

    >>> "need" in all_parameter_names(), "owner" in all_parameter_names()
    (True, False)
    """
    layer_names_taken = {name for layer in LAYERS.values() for name in layer_parameters(layer)}
    return frozenset(layer_names_taken | {*PAGING_PARAMS, *LOOKUP_PARAMS, *MAP_STATE_PARAMS, FORMAT})


def layer_parameters(layer: Layer) -> tuple[str, ...]:
    """Return the names of a layer's filter parameters, without those for paging.

    >>> layer_parameters(LAYERS["landmarks"])
    ('town', 'bbox', 'kind')
    """
    date_names = (field.name + FROM_SUFFIX for field in date_fields(layer))
    return ("town", "bbox", *(field.name for field in filter_fields(layer)), *date_names)


# How the values of a flag may be written, and how the store has them.
FLAG_WORDS = {"yes": "1", "true": "1", "1": "1", "no": "0", "false": "0", "0": "0", NULL: ""}


def _flag_values(args: Args, field: Field) -> tuple[str, ...]:
    """Return the values of a flag's filter as the store has them. Raises BadQuery for others than yes and no.

    >>> from werkzeug.datastructures import MultiDict
    >>> _flag_values(MultiDict({"native": "yes,null"}), Field("native", "flag", ""))
    ('1', '')
    """
    values = _value_list(args, field.name, split=True)
    if unknown := [value for value in values if value.lower() not in FLAG_WORDS]:
        raise BadQuery(f"{field.name} is {unknown[0]!r}; it can be yes, no or {NULL}")
    return tuple(FLAG_WORDS[value.lower()] for value in values)


def _choice_values(args: Args, field: Field, layer: Layer) -> tuple[str, ...]:
    if field.kind == "flag":
        return _flag_values(args, field)
    # Codes never contain a comma, so "remove,prune" is two values. Free text may, so its parameter is repeated.
    values = _value_list(args, field.name, split=bool(field.codes))
    extra_codes = tuple(STATUS_IF_LATE) if field.name == "status" and can_be_overdue(layer) else ()
    codes = (*field.codes, *extra_codes)
    if field.codes and (unknown := [code for code in values if code not in (*codes, NULL)]):
        raise BadQuery(f"{field.name} has no code {unknown[0]!r}; the codes are: {', '.join(codes)}")
    return tuple("" if value == NULL else value for value in values)


def _parse_day(args: Args, name: str) -> str | None:
    value = optional_text(args, name)
    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise BadQuery(f"{name} is {value!r}, which is not a date like 2026-03-31") from None


def _value_list(args: Args, name: str, *, split: bool) -> tuple[str, ...]:
    raw_values = [_checked_text(value, name) for value in args.getlist(name)]
    parts = [part.strip() for value in raw_values for part in (value.split(",") if split else [value])]
    if len(parts) > MAX_VALUES:
        raise BadQuery(f"{name} has {len(parts)} values; the limit is {MAX_VALUES}")
    return tuple(dict.fromkeys(part for part in parts if part))


def _town_list_text(towns: Collection[str]) -> str:
    listed_towns = sorted(towns)[:30]
    return ", ".join(listed_towns) + (f" and {len(towns) - 30} more" if len(towns) > 30 else "")
