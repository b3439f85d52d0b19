"""Index overlay: a small index for a few house numbers, with changed parcels, after an edit.

`geo.incremental.address_lookup` calls it. Building the index of a county takes seconds. The result for
one house number depends only on the rows with that number, so a small index returns the same.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from geo.geocode.gazetteer.address_index import IDENTITY_COLUMNS, NO_NUMBER, AddressIndex, address_key
from geo.geocode.gazetteer.address_table import StreetRegistry, address_rows, parcel_address_frame, parcel_rows
from geo.geocode.gazetteer.parcel_numbers import ParcelIndex
from geo.geocode.gazetteer.string_column import StringColumn

TEXT_COLUMNS = ("frac", "letter", "unit", "town", "postal", "zip")
ROW_COLUMNS = ("key", "high", "parcel", "lon", "lat", *TEXT_COLUMNS)


def registry_of_index(index: AddressIndex) -> StreetRegistry:
    """Return the street registry that an index was built with."""
    registry = StreetRegistry({}, list(index.street_labels), [{} for _ in index.street_labels])
    registry.id_by_street = {street: street_id for street_id, street in enumerate(index.streets)}
    for variants in index.streets_by_name.values():
        for street_id, variant in variants:
            registry.variants[street_id][variant] = None
    return registry


def build_overlay(
    index: AddressIndex,
    registry: StreetRegistry,
    house_numbers: Collection[int],
    changed_parcel_ids: Collection[str],
    parcels: pd.DataFrame,
    addresses: pd.DataFrame,
) -> AddressIndex:
    """Return an index of the addresses with some house numbers, with changed parcels replaced.

    `changed_parcel_ids` are parcels added, removed or changed. `parcels` and `addresses` are their new
    rows. Their streets must already be in the index with the same spelling, because streets,
    intersections and towns are reused.
    """
    parcel_frame = parcel_address_frame(parcels, {}, None)
    row_frames = [address_rows(addresses, registry, {}, {})] if len(addresses) else []
    row_frames += [parcel_rows(parcels, registry, parcel_frame)] if len(parcels) else []
    row_numbers = index.key & NO_NUMBER
    is_wanted = np.isin(row_numbers, list(house_numbers)) | _mask_ranges_containing(index, row_numbers, house_numbers)
    parcel_ids = np.append(index.parcel_index.ids.to_array(), [""])
    retained = np.flatnonzero(is_wanted)
    retained = retained[~np.isin(parcel_ids[index.parcel[retained]].astype(str), list(changed_parcel_ids))]
    columns, categories = ({name: getattr(index, name)[retained] for name in ROW_COLUMNS}, dict(index.categories))
    parcel_index = _add_parcels(index.parcel_index, parcel_frame)
    if row_frames:
        rows = pd.concat(row_frames, ignore_index=True).drop_duplicates(list(IDENTITY_COLUMNS))
        new_columns = _to_index_columns(rows, parcel_index, categories)
        columns = {name: np.concatenate([columns[name], new_columns[name]]) for name in ROW_COLUMNS}
    order = np.argsort(columns["key"], kind="stable")
    columns = {name: column[order] for name, column in columns.items()}
    ranges = np.flatnonzero(columns["high"]).astype("int32")
    return replace(
        index, **columns, ranges=ranges, categories=categories, parcel_index=parcel_index.with_rows(columns["parcel"])
    )


def _mask_ranges_containing(index: AddressIndex, row_numbers: Any, house_numbers: Collection[int]) -> Any:
    """Return a mask of the rows with a range that holds any of the house numbers."""
    first, last = row_numbers[index.ranges], index.high[index.ranges]
    contains = np.zeros(len(first), bool)
    for house_number in house_numbers:
        contains |= (first <= house_number) & (house_number <= last)
    mask = np.zeros(len(row_numbers), bool)
    mask[index.ranges] = contains
    return mask


def _to_index_columns(
    rows: pd.DataFrame, parcel_index: ParcelIndex, categories: dict[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Return rows as index columns. Adds new texts to `categories`."""
    house_numbers = rows["number"].where(rows["number"] >= 0, NO_NUMBER)
    columns: dict[str, Any] = {
        "key": address_key(rows["street"].to_numpy("int64"), house_numbers.to_numpy("int64")),
        "high": rows["high"].to_numpy("int32"),
        "parcel": parcel_index.slots_of_ids(rows["parcel_id"]),
        "lon": rows["lon"].to_numpy("float64"),
        "lat": rows["lat"].to_numpy("float64"),
    }
    for name in TEXT_COLUMNS:
        codes = {text: code for code, text in enumerate(categories[name])}
        columns[name] = np.array([codes.setdefault(text, len(codes)) for text in rows[name]], "int32")
        categories[name] = tuple(codes)
    return columns


def _add_parcels(parcel_index: ParcelIndex, new_parcels: pd.DataFrame) -> ParcelIndex:
    """Return a parcel index with new parcels added and the towns of known parcels updated."""
    town, names = (parcel_index.town.copy(), {name: code for code, name in enumerate(parcel_index.town_names)})
    codes = [names.setdefault(str(name), len(names)) for name in new_parcels["town"]]
    slots = parcel_index.slots_of_ids(new_parcels["parcel_id"])
    exists = slots >= 0
    town[slots[exists]] = np.array(codes, "int32")[exists]
    new_count = int((~exists).sum())
    no_points = np.full(new_count, np.nan)
    return replace(
        parcel_index,
        ids=StringColumn.from_texts(
            [*parcel_index.ids.to_array(), *new_parcels["parcel_id"].to_numpy("object")[~exists]]
        ),
        town=np.append(town, np.array(codes, "int32")[~exists]),
        town_names=tuple(names),
        lon=np.append(parcel_index.lon, no_points),
        lat=np.append(parcel_index.lat, no_points),
        old_ids=StringColumn.from_texts(
            [*parcel_index.old_ids.to_array(), *new_parcels["old_id"].fillna("").to_numpy("object")[~exists]]
        ),
    )
