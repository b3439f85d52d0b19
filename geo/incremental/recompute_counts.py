"""Counts of a few ground parcels, computed again from the joined values of their records.

`geo.incremental.apply_edits` calls `recompute_counts` after the records are placed.
"""

from collections.abc import Collection
from typing import Any

import numpy as np

from geo.incremental.edit_context import EditContext, ground_from_joined
from geo.incremental.neighbors import build_row_layer
from geo.incremental.row_layer import RowLayer, merge_rows
from geo.incremental.survey_reach import is_within_survey_reach
from geo.incremental.town_totals import TownCoverage
from geo.join.coverage import INVENTORY_LAYERS, mask_unknown
from geo.join.inventory import TreeInventory
from geo.join.placement.tree_sites import TreeSitePairs
from geo.join.summary_tables import count_ground_inspections, count_ground_trees
from geo.projected_layer import NONE
from geo.store.protocol import WriteTransaction

GROUND_PARCEL_FIELDS = ("frontage_parcel_id", "inside_parcel_id")
TREE_FIELDS = ("condition", "need", *GROUND_PARCEL_FIELDS)
SITE_FIELDS = ("need", "tree_id", *GROUND_PARCEL_FIELDS)
INSPECTION_FIELDS = ("status", "inspected_on", "due_on", "parcel_id")


def recompute_counts(
    transaction: WriteTransaction, context: EditContext, coverage: TownCoverage, ground_ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return the counts of all parcels on the ground parcels, by parcel id, None where unknown."""
    if not ground_ids:
        return {}
    rows = transaction.rows_where_in("parcels", "ground_id", sorted(set(ground_ids)), ("town", "ground_id"))
    parcels = build_row_layer("parcels", rows, context)
    ids, ground = parcels.values("id"), ground_from_joined(parcels)
    trees = _read_records_on_parcels(transaction, context, "trees", TREE_FIELDS, ids)
    sites = _read_records_on_parcels(transaction, context, "sites", SITE_FIELDS, ids)
    inspections = build_row_layer(
        "inspections",
        transaction.rows_where_in("inspections", "parcel_id", list(ids), INSPECTION_FIELDS, with_geometry=False),
        context,
    )
    layers = {"trees": trees, "inspections": inspections}
    join_context = context.build_join_context(layers, ground, context.joined_home_towns(parcels))
    counts, has_tree_records = count_ground_trees(join_context, _inventory_from_joined(trees, sites, parcels))
    inspection_counts, has_inspections = count_ground_inspections(
        join_context, {"parcel": parcels.rows_of_ids(inspections.values("parcel_id"))}
    )
    home_town = parcels.values("town")[ground.parcel_rows]
    is_surveyed = has_tree_records | _is_surveyed(
        transaction, context, coverage, parcels.metric_geometries[ground.parcel_rows], home_town, has_tree_records
    )
    inspections_known = has_inspections | np.array([coverage.has_inspections(town) for town in home_town], bool)
    ground_counts = mask_unknown(counts, is_surveyed) | mask_unknown(inspection_counts, inspections_known)
    return {
        id_: {name: column[ground_row] for name, column in ground_counts.items()}
        for id_, ground_row in zip(ids, ground.ground_of_parcel, strict=True)
    }


def _read_records_on_parcels(
    transaction: WriteTransaction, context: EditContext, layer: str, fields: tuple[str, ...], ids: np.ndarray
) -> RowLayer:
    """Read the trees or sites that stand inside the parcels or in front of them."""
    row_sets = (
        transaction.rows_where_in(layer, field, list(ids), fields, with_geometry=False)
        for field in GROUND_PARCEL_FIELDS
    )
    return build_row_layer(layer, merge_rows(*row_sets), context)


def _inventory_from_joined(trees: RowLayer, sites: RowLayer, parcels: RowLayer) -> TreeInventory:
    """Build an inventory from joined values, with the columns that counting needs."""
    tree_columns, site_columns = (
        {
            "need": records.values("need"),
            "parcel": parcels.rows_of_ids(records.values("frontage_parcel_id")),
            "inside": parcels.rows_of_ids(records.values("inside_parcel_id")),
        }
        for records in (trees, sites)
    )
    tree_of_site = np.where(sites.values("tree_id") == None, NONE, 0)  # noqa: E711 - elementwise
    return TreeInventory(tree_columns, site_columns, TreeSitePairs(np.zeros(0, np.int64), tree_of_site))


def _is_surveyed(
    transaction: WriteTransaction,
    context: EditContext,
    coverage: TownCoverage,
    geometries: np.ndarray,
    home_town: np.ndarray,
    has_own_records: np.ndarray,
) -> np.ndarray:
    """Return a mask of the parcels without records that the tree inventory covers.

    Their town was surveyed as a whole. Or it is covered, and a record of the inventory is within
    `survey_reach_m`.
    """
    surveyed = np.array([context.surveys.is_whole(INVENTORY_LAYERS, town) for town in home_town], bool)
    is_covered = np.array([coverage.has_tree_inventory(town) for town in home_town], bool)
    rows = np.flatnonzero(~has_own_records & ~surveyed & is_covered)
    if len(rows):
        surveyed[rows] = is_within_survey_reach(transaction, context, geometries[rows])
    return surveyed
