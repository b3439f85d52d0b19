"""Reads of the rows around a few records: nearby parcels and streets, and parcels named by key or address.

The `recompute` modules of `geo.incremental` call them.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from geo.crs import Bbox
from geo.identifiers import original_id
from geo.incremental.edit_context import EditContext, buffer_bbox, ground_from_joined
from geo.incremental.row_layer import RowLayer, merge_rows
from geo.join.areas.ground import Ground
from geo.join.placement.parcel_keys import normalize_key
from geo.schema import LAYERS
from geo.store.protocol import WriteTransaction
from geo.store.records import RowSet

PARCEL_FIELDS = ("address", "kind", "land_use", "old_id", "town_declared", "town", "ground_id")
STREET_FIELDS = ("name", "street", "divided")
MAX_SHARED_BBOX_DEG = 0.005  # degrees: one query covers a bbox up to this wide


class NeedsFullJoin(Exception):
    """An edit that affects more than a few rows. The message says why."""


def search_bboxes(geometries: np.ndarray) -> list[Bbox]:
    """Return the bboxes of geometries in degrees: one bbox if all are close, else one for each geometry.

    >>> points = np.array([shapely.Point(-90.3, 38.7), shapely.Point(-90.299, 38.701), None])
    >>> search_bboxes(points)
    [Bbox(west=-90.3, south=38.7, east=-90.299, north=38.701)]
    >>> len(search_bboxes(np.append(points, shapely.Point(-90.2, 38.6))))
    3
    """
    bounds = shapely.bounds(geometries[~shapely.is_missing(geometries)])
    if not len(bounds):
        return []
    common_bbox = Bbox(*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    if max(common_bbox.east - common_bbox.west, common_bbox.north - common_bbox.south) <= MAX_SHARED_BBOX_DEG:
        return [common_bbox]
    return [Bbox(*bbox) for bbox in sorted(set(map(tuple, bounds.tolist())))]


def read_near(
    transaction: WriteTransaction, layer: str, bboxes: Iterable[Bbox], distance_m: float, fields: tuple[str, ...]
) -> RowSet:
    """Return the rows that may lie within `distance_m` meters of one of the bboxes."""
    return merge_rows(
        RowSet(fields, []), *(transaction.rows_in_bbox(layer, buffer_bbox(bbox, distance_m), fields) for bbox in bboxes)
    )


def read_parcels_by_key(transaction: WriteTransaction, keys: Iterable[str | None]) -> RowSet:
    """Return the parcels that the keys may name. `find_parcels_by_key` chooses among them.

    Raises NeedsFullJoin for a key with letters other than A to Z.
    """
    key_texts = {key for key in keys if key is not None}
    normalized_keys = {normalize_key(key) for key in key_texts} | {normalize_key(original_id(key)) for key in key_texts}
    spellings = sorted(key_name for key_name in normalized_keys if key_name)
    if not all(map(str.isascii, spellings)):  # the store folds the case of A to Z only
        raise NeedsFullJoin(f"a parcel number has letters other than A to Z: {spellings[-1]}")
    if not spellings:
        return RowSet(PARCEL_FIELDS, [])
    row_sets = (transaction.rows_by_key("parcels", field, spellings, PARCEL_FIELDS) for field in ("id", "old_id"))
    return merge_rows(*row_sets)


def read_parcels_at_addresses(
    transaction: WriteTransaction, context: EditContext, addresses: np.ndarray, towns: np.ndarray
) -> RowSet:
    """Return the parcels at addresses. `towns` decide between equal addresses. None is no address."""
    rows = [row for row, address in enumerate(addresses) if address is not None]
    if not rows:
        return RowSet(PARCEL_FIELDS, [])
    queries = (pd.Series(column[rows], dtype="str") for column in (addresses, towns))
    return read_by_ids(
        transaction, "parcels", context.address_index.parcel_of_address(*queries).dropna(), PARCEL_FIELDS
    )


def read_by_ids(transaction: WriteTransaction, layer: str, ids: Iterable[str], fields: tuple[str, ...]) -> RowSet:
    """Return the rows with these ids."""
    sorted_ids = sorted(set(ids))
    return transaction.rows_where_in(layer, "id", sorted_ids, fields) if sorted_ids else RowSet(fields, [])


def read_with_ground(transaction: WriteTransaction, context: EditContext, *row_sets: RowSet) -> tuple[RowLayer, Ground]:
    """Return parcels as a layer, together with their ground parcels."""
    rows = merge_rows(*row_sets)
    ground_column = 2 + PARCEL_FIELDS.index("ground_id")  # after id and source
    present_ids = {row[0] for row in rows.rows}
    missing_ids = {row[ground_column] for row in rows.rows} - present_ids
    rows = merge_rows(rows, read_by_ids(transaction, "parcels", missing_ids, PARCEL_FIELDS))
    parcels = RowLayer(LAYERS["parcels"], rows, context.to_metric_crs)
    return parcels, ground_from_joined(parcels)


def read_streets_near(
    transaction: WriteTransaction, context: EditContext, bboxes: Iterable[Bbox], distance_m: float
) -> RowLayer:
    """Return the streets within `distance_m` meters of the bboxes as a layer."""
    rows = read_near(transaction, "streets", bboxes, distance_m, STREET_FIELDS)
    return RowLayer(LAYERS["streets"], rows, context.to_metric_crs)


def build_row_layer(layer_name: str, rows: RowSet, context: EditContext) -> RowLayer:
    """Return rows as a layer."""
    return RowLayer(LAYERS[layer_name], rows, context.to_metric_crs)
