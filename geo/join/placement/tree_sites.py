"""Trees and their planting sites, placed together. Each fills in values that the other lacks.

`geo.join.inventory` calls `pair_trees_with_sites`, `placement_inputs` and `place_sites_and_trees`, in this order.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import shapely

from geo.geometry_column import is_missing_point, to_shapely_points
from geo.join.areas.ground import Ground
from geo.join.placement.display_point import find_display_points
from geo.join.placement.parcel_keys import ParcelOfAddress, find_parcels_by_address, find_parcels_by_key
from geo.join.placement.place_records import place_points
from geo.join.settings import JoinSettings
from geo.projected_layer import NAN_POINT, NONE, NONE_VALUE, Columns, ProjectedLayer, constant_column

HINT_FIELDS = ("location", "on_street", "address", "parcel_key", "override_parcel_id", "source")
SITE_HINT_FIELDS = ("site_type", *HINT_FIELDS[1:])  # the same hints, as sites name them
ROW_COLUMNS = ("inside", "parcel", "runner_up", "at")  # columns of parcel positions


@dataclass(frozen=True)
class TreeSitePairs:
    """The pairs of trees and sites, as positions, `NONE` without a partner."""

    site_of_tree: np.ndarray  # for each tree
    tree_of_site: np.ndarray  # for each site: the tree that stands there now


def pair_trees_with_sites(trees: ProjectedLayer, sites: ProjectedLayer) -> TreeSitePairs:
    """Pair trees with their sites. Of several trees at a site, the one surveyed last stands there now.

    An unknown day counts as the earliest. In a tie the lowest id wins.
    """
    site_positions = pc.index_in(trees.string_array("site_id"), value_set=sites.string_array("id"), skip_nulls=True)
    site_of_tree = site_positions.fill_null(NONE).to_numpy().astype(np.int64)
    day, _ = pd.factorize(trees.values("surveyed_on"), sort=True)  # -1 where unknown
    order = np.lexsort((-day, site_of_tree))  # and by id, for the sort is stable
    order = order[site_of_tree[order] != NONE]
    _, first = np.unique(site_of_tree[order], return_index=True)
    tree_of_site = np.full(len(sites), NONE)
    tree_of_site[site_of_tree[order[first]]] = order[first]
    return TreeSitePairs(site_of_tree, tree_of_site)


def placement_inputs(trees: ProjectedLayer, sites: ProjectedLayer, pairs: TreeSitePairs) -> tuple[Columns, np.ndarray]:
    """Return the placement hints and the points of all trees, followed by all sites.

    A value that a tree lacks (point, address, override and so on) comes from its site, and the other way
    round. Hints are None where unknown. Points (n, 2) are in the metric CRS, nan where unknown.
    """
    hints = {}
    for name, site_name in zip(HINT_FIELDS, SITE_HINT_FIELDS, strict=True):
        tree_values, site_values = trees.values(name), sites.values(site_name)
        hints[name] = np.concatenate(
            [
                _fill_unknown(tree_values, site_values, pairs.site_of_tree),
                _fill_unknown(site_values, tree_values, pairs.tree_of_site),
            ]
        )
    points = [
        _fill_missing_points(trees.points, sites.points, pairs.site_of_tree),
        _fill_missing_points(sites.points, trees.points, pairs.tree_of_site),
    ]
    return hints, np.concatenate(points)


def place_sites_and_trees(
    hints: Columns,
    points: np.ndarray,
    pairs: TreeSitePairs,
    parcels: ProjectedLayer,
    ground: Ground,
    streets: ProjectedLayer,
    parcel_of_address: ParcelOfAddress | None,
    town_names: np.ndarray,
    settings: JoinSettings,
) -> Columns:
    """Find the parcel of every tree and site.

    A record with a point is placed by `place_points`. One without a point gets the parcel that its
    inventory names, else the one at its address in the town `town_names`. A manual override wins.

    Returns `inside`, `parcel` and `runner_up` (positions of ground parcels or `NONE`), `method`, `distance_m`
    and `confidence`. For a record without a point, `at` is the parcel where it is drawn, and `found_by` is
    "parcel", "address" or "manual".
    """
    table = _empty_placements(len(points))
    lacks_point = is_missing_point(points)
    representative = _representative_rows(hints, points, pairs)
    distinct_rows = np.flatnonzero((representative == np.arange(len(points))) & ~lacks_point)
    distinct_hints = {name: hints[name][distinct_rows] for name in ("location", "on_street")}
    for name, column in place_points(distinct_hints, points[distinct_rows], parcels, ground, streets, settings).items():
        table[name][distinct_rows] = column
        table[name] = table[name][representative]
    ground_row = np.append(ground.parcel_rows[ground.ground_of_parcel], NONE)
    _assign_by_key_or_address(
        table, hints, np.flatnonzero(lacks_point), parcels, ground_row, parcel_of_address, town_names
    )
    _apply_overrides(table, hints, points, parcels, ground_row)
    return table


def _representative_rows(hints: Columns, points: np.ndarray, pairs: TreeSitePairs) -> np.ndarray:
    """Return for each record the position of the record to place in its stead.

    A site and its tree at one point with equal hints are placed once.
    """
    representative = np.arange(len(points))
    tree_count = len(pairs.site_of_tree)
    site_rows = tree_count + np.flatnonzero(pairs.tree_of_site != NONE)
    tree_rows = pairs.tree_of_site[site_rows - tree_count]
    is_same = np.ones(len(site_rows), bool)
    for name in ("location", "on_street"):
        is_same &= hints[name][site_rows] == hints[name][tree_rows]
    is_same &= (points[site_rows] == points[tree_rows]).all(axis=1)
    representative[site_rows[is_same]] = tree_rows[is_same]
    return representative


def _assign_by_key_or_address(
    table: Columns,
    hints: Columns,
    rows: np.ndarray,
    parcels: ProjectedLayer,
    ground_row: np.ndarray,
    parcel_of_address: ParcelOfAddress | None,
    town_names: np.ndarray,
) -> None:
    """Place the records without a point in `table`, by parcel number, else by address.

    A number has medium confidence, an address low. The location decides the method: yard is "contains",
    park is "park", median is "median" without a parcel, everything else is "frontage". For a median, `at`
    is still the nearest parcel known. The distance and the containing parcel stay unknown.
    """
    if not len(rows):
        return
    row_hints = {name: hints[name][rows] for name in HINT_FIELDS}
    keyed_parcel = find_parcels_by_key(row_hints["parcel_key"], parcels, row_hints["source"])
    addresses = np.where(keyed_parcel == NONE, row_hints["address"], NONE_VALUE)
    stated_parcel = ground_row[
        np.where(
            keyed_parcel == NONE,
            find_parcels_by_address(addresses, town_names[rows], parcels, parcel_of_address),
            keyed_parcel,
        )
    ]
    stated_location = row_hints["location"]
    in_median = stated_location == "median"
    parcel = np.where(in_median, NONE, stated_parcel)
    method = constant_column("frontage", len(rows))
    method[stated_location == "yard"], method[stated_location == "park"] = "contains", "park"
    method[parcel == NONE] = "none"
    method[in_median] = "median"
    table["parcel"][rows], table["at"][rows], table["method"][rows] = parcel, stated_parcel, method
    table["found_by"][rows] = np.where(keyed_parcel == NONE, "address", "parcel")
    confidence = np.where(keyed_parcel == NONE, "low", "medium").astype(object)
    table["confidence"][rows] = np.where(parcel == NONE, NONE_VALUE, confidence)


def _apply_overrides(
    table: Columns, hints: Columns, points: np.ndarray, parcels: ProjectedLayer, ground_row: np.ndarray
) -> None:
    """Apply the manual overrides in `table`: a parcel id, or "none" for no parcel.

    The parcel of the rules becomes the runner-up. If no parcel has that number any more, as id or old id,
    the rules decide, with low confidence.
    """
    override_ids = hints["override_parcel_id"]
    rows = np.flatnonzero(override_ids != None)  # noqa: E711 - elementwise
    rows = rows[[bool(text.strip()) for text in override_ids[rows]]]
    if not len(rows):
        return
    no_parcel = np.array([text.strip().casefold() == "none" for text in override_ids[rows]])
    parcel = np.where(no_parcel, NONE, ground_row[find_parcels_by_key(override_ids[rows], parcels)])
    unmatched_rows = rows[~no_parcel & (parcel == NONE)]
    table["confidence"][unmatched_rows[table["parcel"][unmatched_rows] != NONE]] = "low"
    rows, parcel = rows[no_parcel | (parcel != NONE)], parcel[no_parcel | (parcel != NONE)]
    rule_parcel = table["parcel"][rows]
    table["runner_up"][rows] = np.where(rule_parcel == parcel, table["runner_up"][rows], rule_parcel)
    table["parcel"][rows], table["method"][rows], table["confidence"][rows] = (parcel, "manual", "high")
    table["distance_m"][rows[parcel == NONE]] = np.nan
    rows_with_parcel, geometries = (rows[parcel != NONE], parcels.metric_column.geometries_at(parcel[parcel != NONE]))
    table["distance_m"][rows_with_parcel] = shapely.distance(to_shapely_points(points[rows_with_parcel]), geometries)
    needs_point = (parcel != NONE) & is_missing_point(points[rows])
    table["at"][rows[needs_point]], table["found_by"][rows[needs_point]] = (parcel[needs_point], "manual")


def _empty_placements(size: int) -> Columns:
    """Return the table of `size` records without a placement."""
    return {
        **{name: np.full(size, NONE) for name in ROW_COLUMNS},
        "method": constant_column("none", size),
        "found_by": constant_column("none", size),
        "distance_m": np.full(size, np.nan),
        "confidence": np.full(size, None, object),
    }


def _fill_unknown(values: np.ndarray, partner_values: np.ndarray, partner_rows: np.ndarray) -> np.ndarray:
    """Fill unknown values with those of the partner at `partner_rows`.

    >>> locations, site_types = np.array(["yard", None, None], object), np.array(["park"], object)
    >>> _fill_unknown(locations, site_types, np.array([0, 0, NONE])).tolist()
    ['yard', 'park', None]
    """
    return np.where(values == None, np.append(partner_values, NONE_VALUE)[partner_rows], values)  # noqa: E711


def _fill_missing_points(points: np.ndarray, partner_points: np.ndarray, partner_rows: np.ndarray) -> np.ndarray:
    """Fill missing points with those of the partner at `partner_rows`.

    >>> tree_points, site_points = np.array([[np.nan, np.nan]]), np.array([[12.0, 30.0]])
    >>> _fill_missing_points(tree_points, site_points, np.array([0])).tolist()
    [[12.0, 30.0]]
    """
    return np.where(
        is_missing_point(points)[:, None], np.concatenate([partner_points, NAN_POINT])[partner_rows], points
    )


def tree_site_display_points(
    trees: ProjectedLayer, sites: ProjectedLayer, pairs: TreeSitePairs, placements: Columns, parcels: ProjectedLayer
) -> Columns:
    """Find the display points of all trees, followed by all sites (see `find_display_points`).

    A tree without a point borrows that of its site, and the other way round.
    """
    tree_lonlat, site_lonlat = trees.lonlat, sites.lonlat
    partner_points = [
        np.concatenate([site_lonlat, NAN_POINT])[pairs.site_of_tree],
        np.concatenate([tree_lonlat, NAN_POINT])[pairs.tree_of_site],
    ]
    partner_kind = np.repeat(np.array(["site", "tree"], object), [len(trees), len(sites)])
    own_points = np.concatenate([tree_lonlat, site_lonlat])
    return find_display_points(
        own_points, (np.concatenate(partner_points), partner_kind), placements["at"], placements["found_by"], parcels
    )
