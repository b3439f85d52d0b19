"""Canopy after edits of crowns or parcels: recomputed for the parcels and towns that are affected.

`geo.incremental.apply_edits` calls `recompute_crowns`, then `recompute_canopy`. An edited crown affects
all parcels under its cluster, because overlapping crowns are dissolved.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np
import shapely

from geo.crs import Bbox
from geo.geometry_column import point_coordinates
from geo.incremental.edit_context import EditContext, ground_from_joined
from geo.incremental.neighbors import NeedsFullJoin, build_row_layer, read_by_ids, read_near
from geo.incremental.record_diff import RowValues, column_to_python, row_dicts
from geo.incremental.row_layer import RowLayer, merge_rows, object_array
from geo.incremental.town_totals import TownCoverage
from geo.join.areas.crown_overlaps import MM2_PER_M2, canopy_over, dissolve_crowns
from geo.join.areas.raster_canopy import percent_of
from geo.join.areas.towns import Towns
from geo.join.canopy import canopy_columns
from geo.kernels.geometry_arrays import areas_from_shapely
from geo.kernels.overlay_area import intersection_areas, overlapping_pairs
from geo.projected_layer import AREA_DECIMALS, Columns
from geo.store.geopackage.encoding import geometry_blob
from geo.store.protocol import WriteTransaction
from geo.store.records import RowSet

MEASUREMENT_FIELDS = ("method", "year")
CROWN_FIELDS = (*MEASUREMENT_FIELDS, "town")
MAX_CLUSTER_CROWNS = 3000  # larger clusters need a full join


def read_crowns(transaction: WriteTransaction, context: EditContext, ids: Iterable[str]) -> RowLayer:
    """Read crowns with their joined values."""
    return build_row_layer("canopy", read_by_ids(transaction, "canopy", ids, CROWN_FIELDS), context)


def recompute_crowns(
    transaction: WriteTransaction, context: EditContext, before: RowLayer, ids: Collection[str]
) -> set[str]:
    """Join edited crowns to their towns, and update the canopy of the towns.

    `before` holds the crowns before the edit, `ids` the edited ids. Returns the ids of ground parcels with a
    canopy that may differ.
    """
    if not ids:
        return set()
    after = read_crowns(transaction, context, ids)
    representative_points = shapely.point_on_surface(after.metric_geometries)
    town_names = context.towns.names[
        context.towns.find_at_points(point_coordinates(representative_points), context.settings)
    ]
    joined_values = {id_: {"town": name} for id_, name in zip(after.values("id"), town_names, strict=True)}
    transaction.update_joined_values("canopy", joined_values)
    after = read_crowns(transaction, context, after.values("id"))
    for row in (*row_dicts(before), *row_dicts(after)):
        _require_similar_crown(transaction, row, {*before.values("id"), *after.values("id")})
    seeds = np.concatenate([before.metric_geometries, after.metric_geometries])
    clusters_after = read_crown_clusters(transaction, context, [*row_bboxes(before), *row_bboxes(after)], seeds)
    edited_ids = {*before.values("id"), *after.values("id")}
    other_crowns = RowSet(CROWN_FIELDS, [row for row in clusters_after.rows if row[0] not in edited_ids])
    clusters_before = merge_rows(other_crowns, before.to_rows())
    _update_town_canopy(transaction, context, clusters_before, clusters_after)
    bboxes = [geometry_blob.wkb_bbox(row[-1]) for row in (*clusters_after.rows, *clusters_before.rows)]
    nearby_parcels = read_near(transaction, "parcels", bboxes, 0.0, ("ground_id",))
    return {row[2] for row in nearby_parcels.rows}


def recompute_canopy(
    transaction: WriteTransaction, context: EditContext, coverage: TownCoverage, ground_ids: Collection[str]
) -> dict[str, RowValues]:
    """Return the canopy values of all parcels on the ground parcels, by parcel id.

    Raises NeedsFullJoin if a parcel under canopy lies in no town.
    """
    if not ground_ids:
        return {}
    fields = ("town", "ground_id")
    parcel_rows = transaction.rows_where_in("parcels", "ground_id", sorted(ground_ids), fields)
    parcels = build_row_layer("parcels", parcel_rows, context)
    ground = ground_from_joined(parcels)
    ground_geometries = parcels.metric_geometries[ground.parcel_rows]
    home_town = parcels.values("town")[ground.parcel_rows]
    crown_rows = read_crown_clusters(transaction, context, row_bboxes(parcels), ground_geometries)
    crowns = dissolve_crowns(build_row_layer("canopy", crown_rows, context).metric_geometries)
    canopy_m2 = canopy_over(ground.areas, areas_from_shapely(crowns, ground.areas.origin))
    has_crowns = np.array([coverage.has_crowns(town) for town in home_town], bool)
    if any(town is None and area > 0 for town, area in zip(home_town, canopy_m2, strict=True)):
        raise NeedsFullJoin("a parcel with canopy is outside every town")
    covered_by_crowns = has_crowns | (canopy_m2 > 0)
    join_context = context.build_join_context({}, ground, context.joined_home_towns(parcels))
    join_context = replace(join_context, rasters=() if covered_by_crowns.all() else context.raster_cache.rasters)
    canopy_values = canopy_columns(
        join_context,
        ground.areas,
        lambda: ground_geometries,
        canopy_m2,
        _crown_measurement(transaction, context, home_town, has_crowns),
        covered_by_crowns,
    )
    columns = {name: column_to_python(column) for name, column in canopy_values.items()}
    return {
        id_: {name: column[ground_row] for name, column in columns.items()}
        for id_, ground_row in zip(parcels.values("id"), ground.ground_of_parcel.tolist(), strict=True)
    }


def _crown_measurement(
    transaction: WriteTransaction, context: EditContext, home_town: np.ndarray, has_crowns: np.ndarray
) -> Columns:
    """Return `canopy_method` and `canopy_year` of each parcel's town, read from the municipalities."""
    id_by_town = {town: context.municipality_ids[context.town_by_name[town]] for town in set(home_town[has_crowns])}
    field_names = ("canopy_method", "canopy_year")
    rows = transaction.rows_where_in(
        "municipalities", "id", sorted(id_by_town.values()), field_names, with_geometry=False
    ).rows
    values_by_id = {row[0]: row[2:4] for row in rows}
    measurements = [
        values_by_id[id_by_town[town]] if is_covered else (None, None)
        for town, is_covered in zip(home_town, has_crowns, strict=True)
    ]
    return {
        name: object_array([measurement[index] for measurement in measurements])
        for index, name in enumerate(field_names)
    }


def _update_town_canopy(
    transaction: WriteTransaction, context: EditContext, clusters_before: RowSet, clusters_after: RowSet
) -> None:
    """Add the change of crown area to the canopy of each town, in whole mm²."""
    towns = context.towns
    m2_before, m2_after = (
        _town_canopy_m2(towns, build_row_layer("canopy", rows, context)) for rows in (clusters_before, clusters_after)
    )
    change_mm2 = np.rint((m2_after - m2_before) * MM2_PER_M2)
    town_m2 = towns.areas.area_m2
    for town in np.flatnonzero(change_mm2):
        if not transaction.sample_ids("canopy", "town", towns.names[town], 1):
            continue  # its canopy comes from rasters
        id_ = context.municipality_ids[town]
        (row,) = transaction.rows_where_in("municipalities", "id", [id_], ("canopy_m2",), with_geometry=False).rows
        canopy_m2 = (np.rint(row[2] * MM2_PER_M2) + change_mm2[town]) / MM2_PER_M2
        canopy_pct = percent_of(np.array([canopy_m2]), town_m2[town : town + 1]).round(AREA_DECIMALS)
        transaction.update_joined_values(
            "municipalities", {id_: {"canopy_m2": float(canopy_m2), "canopy_pct": float(canopy_pct[0])}}
        )


def _require_similar_crown(transaction: WriteTransaction, row: RowValues, excluded_ids: set[str]) -> None:
    """Raise NeedsFullJoin unless the town has another crown with the same method and year.

    Else the canopy columns of all its parcels may change.
    """
    if row["town"] is None:
        raise NeedsFullJoin("a crown is outside every town")
    sample_ids = transaction.sample_ids("canopy", "town", row["town"], len(excluded_ids) + 50)
    other_crowns = read_by_ids(transaction, "canopy", set(sample_ids) - excluded_ids, MEASUREMENT_FIELDS)
    if not any(crown[2:4] == (row["method"], row["year"]) for crown in other_crowns.rows):
        raise NeedsFullJoin(f"no other crown in {row['town']} has the same method and year")


def _town_canopy_m2(towns: Towns, crowns: RowLayer) -> np.ndarray:
    """Compute the canopy of each town in m², like `canopy_over_large`, with the prepared `towns.areas`."""
    pieces = areas_from_shapely(dissolve_crowns(crowns.metric_geometries), towns.areas.origin)
    overlay = intersection_areas(pieces, towns.areas)
    return np.bincount(overlay.area, np.rint(overlay.m2 * MM2_PER_M2), len(towns)) / MM2_PER_M2


def read_crown_clusters(
    transaction: WriteTransaction, context: EditContext, bboxes: list[Bbox], seeds: np.ndarray
) -> RowSet:
    """Return the crowns that overlap one of the `seeds`, directly or through other crowns.

    `seeds` are Shapely geometries in the metric CRS, and `bboxes` their bboxes in degrees. Raises
    NeedsFullJoin if there are more than `MAX_CLUSTER_CROWNS` crowns nearby.
    """
    nearby_rows, member_ids = RowSet(CROWN_FIELDS, []), set[str]()
    while bboxes:
        nearby_rows = merge_rows(nearby_rows, read_near(transaction, "canopy", bboxes, 0.0, CROWN_FIELDS))
        if len(nearby_rows.rows) > MAX_CLUSTER_CROWNS:
            raise NeedsFullJoin(f"more than {MAX_CLUSTER_CROWNS:,} crowns overlap each other")
        crowns = build_row_layer("canopy", nearby_rows, context)
        is_connected = _is_connected_to_seeds(crowns, seeds)
        new_rows = [row for row, id_ in enumerate(crowns.values("id")) if is_connected[row] and id_ not in member_ids]
        member_ids |= set(crowns.values("id")[new_rows])
        bboxes = [geometry_blob.wkb_bbox(crowns.wkbs[row]) for row in new_rows]
    return RowSet(CROWN_FIELDS, [row for row in nearby_rows.rows if row[0] in member_ids])


def _is_connected_to_seeds(crowns: RowLayer, seeds: np.ndarray) -> np.ndarray:
    """Return a mask of the crowns that overlap a seed, directly or through other crowns."""
    geometries = np.concatenate([crowns.metric_geometries, seeds])
    first, second = overlapping_pairs(areas_from_shapely(geometries))
    connected = np.zeros(len(geometries), bool)
    connected[len(crowns) :] = True
    # An edited crown is both crown and seed, and overlaps itself.
    while True:
        extended = connected.copy()
        extended[first] |= connected[second]
        extended[second] |= connected[first]
        if (extended == connected).all():
            return connected[: len(crowns)]
        connected = extended


def row_bboxes(layer: RowLayer) -> list[Bbox]:
    """Return the bboxes of rows in degrees. Rows without geometry have none."""
    return [geometry_blob.wkb_bbox(wkb) for wkb in layer.wkbs if wkb is not None]
