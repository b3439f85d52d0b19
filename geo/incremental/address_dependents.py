"""Records that are placed by address and may be placed differently when parcels or address points change.

`geo.incremental.dependents` calls `find_dependents_by_address`. `geo.incremental.apply_edits` calls
`find_dependents_of_address_points`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from geo.crs import Bbox
from geo.geocode.gazetteer.address_table import StreetRegistry, street_and_town_of_address
from geo.geocode.parse.normalize_text import normalize_text, split_words
from geo.geocode.parse.vocabulary import DIRECTION, SUFFIX, fold_words
from geo.incremental.edit_context import EditContext
from geo.incremental.neighbors import NeedsFullJoin, build_row_layer, read_near
from geo.incremental.recompute_parcels import ParcelChanges
from geo.incremental.recompute_placement import ADDRESS_POINT_FIELDS
from geo.incremental.row_layer import RowLayer
from geo.join.placement.parcel_keys import normalize_key
from geo.projected_layer import NONE_VALUE
from geo.store.geopackage.encoding import geometry_blob
from geo.store.protocol import WriteTransaction
from geo.store.records import RowSet

PLACED_BY_ADDRESS = ("trees", "sites", "inspections")
ADDRESSED_LAYERS = (*PLACED_BY_ADDRESS, "landmarks")
RANGE_FIELDS = ("number", "number_hi", "street", "address")
PLACE_NAME_FIELDS = ("postal_city", "town_declared")
STREET_REGISTRY_FIELDS = ("address", *PLACE_NAME_FIELDS)  # the gazetteer reads streets and places from these
SAME_STREET_RADIUS_M = 150.0  # another parcel of the street is usually this near
MAX_NUMBER_RANGE = 20  # between the first and the last number of one address
HOUSE_NUMBER_RANGE = re.compile(r"\s*([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?")
AddressRange = tuple[int, int, frozenset[str]]  # first number, last number, words of the street


def find_dependents_by_address(
    transaction: WriteTransaction, context: EditContext, parcel_changes: ParcelChanges
) -> dict[str, set[str]]:
    """Return the ids of records, by layer, that may have the address of a changed parcel.

    An address is placed only if the gazetteer has its number on its street. So a record depends only on
    parcels with its number and a word of its street. This holds while the parcels add or remove no street
    or place name that no other parcel has. Else it raises NeedsFullJoin. It raises that also if a
    landmark may be at a changed address.
    """
    return _find_records_in_ranges(
        transaction,
        context,
        (
            *_ranges_of_parcels(transaction, parcel_changes),
            *_ranges_of_address_records(transaction, parcel_changes),
        ),
    )


def find_dependents_of_address_points(
    transaction: WriteTransaction, context: EditContext, before: RowLayer, after: RowLayer
) -> dict[str, set[str]]:
    """Return the ids of records, by layer, that may depend on changed address points.

    They may have one of the addresses. Inspections of a parcel that an address point names may borrow its
    text. Raises NeedsFullJoin if an address point names no single parcel, or if it adds or removes a street
    or place name that nothing nearby mentions.
    """
    if not len(before) and not len(after):
        return {layer: set() for layer in PLACED_BY_ADDRESS}
    parcel_ids = {*before.values("parcel_id"), *after.values("parcel_id")}
    bboxes = _require_single_parcels(transaction, parcel_ids)
    _require_shared_terms(transaction, context, bboxes, before, after)
    ranges = [address_range for layer in (before, after) for address_range in _ranges_of_address_points(layer)]
    ids_by_layer = _find_records_in_ranges(transaction, context, ranges)
    cases = transaction.rows_where_in("inspections", "parcel_id", sorted(parcel_ids), (), with_geometry=False)
    return ids_by_layer | {"inspections": ids_by_layer["inspections"] | {row[0] for row in cases.rows}}


def _find_records_in_ranges(
    transaction: WriteTransaction, context: EditContext, ranges: Iterable[AddressRange]
) -> dict[str, set[str]]:
    """Return the ids of trees, sites and inspections with an address in one of the ranges.

    Raises NeedsFullJoin if a landmark may be at such an address.
    """
    ids_by_layer: dict[str, set[str]] = {layer: set() for layer in ADDRESSED_LAYERS}
    for first, last, street_words in ranges:
        alias_words = street_words | context.address_index.alias_words(street_words)
        numbers = range(max(first - MAX_NUMBER_RANGE, 1), last + 1)
        for layer in ADDRESSED_LAYERS:
            rows = transaction.rows_by_house_number(layer, numbers, ("address",)).rows
            # Trees, sites and landmarks with a point are not placed by address.
            candidates = [row for row in rows if row[-1] is None or layer == "inspections"]
            ids_by_layer[layer] |= {
                row[0]
                for row in candidates
                if alias_words & _street_words(row[2]) and _overlaps_range(row[2], first, last)
            }
    if ids_by_layer.pop("landmarks"):
        raise NeedsFullJoin("a landmark may use the parcel's address")
    return ids_by_layer


def _require_single_parcels(transaction: WriteTransaction, parcel_ids: set[str | None]) -> list[Bbox]:
    """Return the bboxes of the parcels in degrees. Raises NeedsFullJoin unless each id means one parcel."""
    if None in parcel_ids:
        raise NeedsFullJoin("an address point names no parcel")
    ids = sorted(id_ for id_ in parcel_ids if id_ is not None)
    keys = {name for id_ in ids if (name := normalize_key(id_))}
    rows = transaction.rows_by_key("parcels", "id", sorted(keys), ()).rows
    if [row[0] for row in rows] != ids:
        raise NeedsFullJoin("an address point names no single parcel")
    return [geometry_blob.wkb_bbox(row[-1]) for row in rows if row[-1] is not None]


def _require_shared_terms(
    transaction: WriteTransaction, context: EditContext, bboxes: list[Bbox], before: RowLayer, after: RowLayer
) -> None:
    """Raise NeedsFullJoin if a street or place name comes or goes that no other address nearby has."""
    changed_terms = _terms_of_address_points(before) ^ _terms_of_address_points(after)
    if not changed_terms:
        return
    parcels = build_row_layer(
        "parcels", read_near(transaction, "parcels", bboxes, SAME_STREET_RADIUS_M, STREET_REGISTRY_FIELDS), context
    )
    rows = read_near(transaction, "addresses", bboxes, SAME_STREET_RADIUS_M, ADDRESS_POINT_FIELDS)
    edited_ids = {*before.values("id"), *after.values("id")}
    other_rows = RowSet(rows.fields, [row for row in rows.rows if row[0] not in edited_ids])
    shared_terms = _street_registry_terms(parcels.column_values, range(len(parcels)))
    shared_terms |= _terms_of_address_points(build_row_layer("addresses", other_rows, context))
    if unshared_terms := changed_terms - shared_terms:
        raise NeedsFullJoin(f"no other address nearby mentions {min(map(str, unshared_terms))}")


def _terms_of_address_points(addresses: RowLayer) -> set[Any]:
    """Return the streets and place names that address points add to the gazetteer."""
    terms = _street_registry_terms(
        {
            **{name: addresses.values(name) for name in PLACE_NAME_FIELDS},
            "address": np.where(_has_parts(addresses), NONE_VALUE, addresses.values("address")),
        },
        range(len(addresses)),
    )
    registry = StreetRegistry()
    for row in np.flatnonzero(_has_parts(addresses)).tolist():
        values = addresses.row_values(row)
        registry.add_parts(*(values[name] or "" for name in ("predir", "street", "suffix", "postdir")))
    return terms.union(*registry.variants)


def _has_parts(addresses: RowLayer) -> np.ndarray:
    """Return a mask of the address points with a number and a street in columns of their own."""
    known = [addresses.values(name) != None for name in ("number", "street")]  # noqa: E711 - elementwise
    mask: np.ndarray = known[0] & known[1]
    return mask


def _ranges_of_parcels(transaction: WriteTransaction, parcel_changes: ParcelChanges) -> Iterator[AddressRange]:
    """Iterate over the address ranges of the changed parcels, before and after the edit.

    Raises NeedsFullJoin if a street or place name comes or goes that no parcel nearby has.
    """
    terms_before, terms_after = (
        _street_registry_terms(parcels.column_values, range(len(parcels)))
        for parcels in (parcel_changes.before, parcel_changes.after)
    )
    changed_terms = terms_before ^ terms_after
    if changed_terms:
        rows = read_near(transaction, "parcels", parcel_changes.bboxes, SAME_STREET_RADIUS_M, STREET_REGISTRY_FIELDS)
        edited_ids = {*parcel_changes.before.values("id"), *parcel_changes.after.values("id")}
        other_rows = [row[2:-1] for row in rows.rows if row[0] not in edited_ids]
        columns = dict(zip(STREET_REGISTRY_FIELDS, zip(*other_rows, strict=True), strict=True)) if other_rows else {}
        if unshared_terms := changed_terms - _street_registry_terms(columns, range(len(other_rows))):
            raise NeedsFullJoin(f"no other parcel nearby mentions {min(map(str, unshared_terms))}")
    for parcels in (parcel_changes.before, parcel_changes.after):
        yield from (_parse_address_range(address) for address in parcels.values("address") if address is not None)


def _street_registry_terms(columns: Mapping[str, Any], rows: range) -> set[Any]:
    """Return the streets and place names that parcels add to the gazetteer.

    >>> columns = {"address": [None], "postal_city": ["Saint Louis"], "town_declared": ["Bel-Nor"]}
    >>> sorted(_street_registry_terms(columns, range(1)))
    ['Bel-Nor', 'Saint Louis']
    """
    terms: set[Any] = set()
    for row in rows:
        terms |= {columns[name][row] for name in PLACE_NAME_FIELDS}
        if columns["address"][row] is not None:
            variants, place_name = street_and_town_of_address(columns["address"][row])
            terms |= {*variants, place_name}
    return terms - {None, ""}


def _ranges_of_address_records(transaction: WriteTransaction, parcel_changes: ParcelChanges) -> Iterator[AddressRange]:
    """Iterate over the ranges in the address layer that name the changed parcels.

    Raises NeedsFullJoin for an address without a point, because its town is that of the parcel.
    """
    rows = transaction.rows_by_key("addresses", "parcel_id", sorted(parcel_changes.lookup_keys), RANGE_FIELDS).rows
    if any(row[-1] is None for row in rows):
        raise NeedsFullJoin("an address of the parcel has no point of its own")
    yield from _ranges_of_rows(row[2:-1] for row in rows)


def _ranges_of_address_points(addresses: RowLayer) -> Iterator[AddressRange]:
    """Iterate over the address ranges of address points."""
    yield from _ranges_of_rows(zip(*(addresses.values(name) for name in RANGE_FIELDS), strict=True))


def _ranges_of_rows(rows: Iterable[tuple[Any, ...]]) -> Iterator[AddressRange]:
    """Iterate over the address ranges of rows with the values of `RANGE_FIELDS`.

    >>> list(_ranges_of_rows([(4021, 4025, "Oak", None), (None, None, None, "7 Elm St")]))
    [(4021, 4025, frozenset({'OAK'})), (7, 7, frozenset({'ELM'}))]
    """
    for number, high_number, street, address in rows:
        if number is not None and street is not None:
            yield number, max(number, high_number or 0), _street_words(f"1 {street}")
        elif address is not None:
            yield _parse_address_range(address)


def _parse_address_range(address: str) -> AddressRange:
    """Return the first and last house number of an address, and the words of its street.

    An address without a number has 0 and 0. An abbreviated last number gets a wide range.

    >>> _parse_address_range("4021 Oak St")
    (4021, 4021, frozenset({'OAK'}))
    >>> [_parse_address_range(text)[:2] for text in ("4021-4025 Oak St", "4021-25 Oak St", "Oak St")]
    [(4021, 4025), (4021, 4061), (0, 0)]
    """
    match = HOUSE_NUMBER_RANGE.match(normalize_text(address))
    first = int(match[1]) if match else 0
    last = int(match[2]) if match and match[2] else first
    if last < first:  # 4021-25
        last = first + 2 * MAX_NUMBER_RANGE
    return first, min(last, first + 100), _street_words(address)


def _overlaps_range(address: str, first: int, last: int) -> bool:
    """Return whether an address may have a house number of a range. Without a number it may have any.

    >>> [_overlaps_range(text, 4021, 4025) for text in ("4023 Oak St", "17 Oak St", "Oak St")]
    [True, False, True]
    """
    low, high, _ = _parse_address_range(address)
    return low == 0 or (low <= last and first <= high)


def _street_words(address: str) -> frozenset[str]:
    """Return the words that may name a street: without number, suffix and direction, if others remain.

    >>> sorted(_street_words("4021 N Florissant Rd")), sorted(_street_words("12 North Dr"))
    (['FLORISSANT'], ['DR', 'N'])
    """
    tokens = [word for word in split_words(normalize_text(address)) if word not in (",", "#", "-")]
    folded_words = fold_words(tokens[1:]).split()
    name_words = {word for word in folded_words if word not in SUFFIX and word not in DIRECTION}
    return frozenset(name_words or folded_words)
