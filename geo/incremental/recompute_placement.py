"""Placement of the trees, sites, inspections and address points that an edit affects.

`geo.incremental.apply_edits` reads them with `read_trees_and_sites`, `read_inspections` and
`read_address_points`. The functions `recompute_...` place them.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from geo.address_text import ADDRESS_TEXT_FIELDS
from geo.forestry.maintenance_needs import SITE_NEED_FIELDS, TREE_NEED_FIELDS
from geo.geometry_column import is_missing_point
from geo.identifiers import original_id
from geo.incremental.edit_context import EditContext
from geo.incremental.neighbors import (
    PARCEL_FIELDS,
    build_row_layer,
    read_by_ids,
    read_near,
    read_parcels_at_addresses,
    read_parcels_by_key,
    read_streets_near,
    read_with_ground,
    search_bboxes,
)
from geo.incremental.record_diff import column_to_python
from geo.incremental.row_layer import RowLayer, merge_rows
from geo.join.areas.ground import Ground
from geo.join.inspections import joined_inspection_values, place_inspections
from geo.join.inventory import SITE_TREE_FIELDS, joined_tree_values, place_trees_and_sites, tree_values_for_sites
from geo.join.placement.frontage import search_radii
from geo.join.placement.parcel_addresses import has_text
from geo.join.placement.parcel_keys import find_parcels_by_key
from geo.join.placement.tree_sites import HINT_FIELDS, SITE_HINT_FIELDS, pair_trees_with_sites, placement_inputs
from geo.join.point_tables import find_address_towns
from geo.projected_layer import NONE, NONE_VALUE, Columns
from geo.schema import LAYERS
from geo.store.protocol import WriteTransaction
from geo.store.records import RowSet

JOINED_FIELDS = {name: tuple(f.name for f in LAYERS[name].joined_fields) for name in ("trees", "sites")}
OWN_FIELDS = {
    "trees": tuple(dict.fromkeys((*HINT_FIELDS[:-1], "site_id", "surveyed_on", *TREE_NEED_FIELDS, *SITE_TREE_FIELDS))),
    "sites": tuple(dict.fromkeys((*SITE_HINT_FIELDS[:-1], *SITE_NEED_FIELDS))),
}
READ_FIELDS = {
    name: (*own, *(field for field in JOINED_FIELDS[name] if field not in own)) for name, own in OWN_FIELDS.items()
}
POINT_SEARCH_RADIUS_M = 1.0  # a parcel that contains an inspection's point is nearer
INSPECTION_JOINED_FIELDS = tuple(field.name for field in LAYERS["inspections"].joined_fields)
ADDRESS_POINT_FIELDS = ("parcel_id", *ADDRESS_TEXT_FIELDS, "postal_city", "town_declared")
INSPECTION_FIELDS = ("parcel_key", "address", "status", "inspected_on", "due_on", *INSPECTION_JOINED_FIELDS)


def read_trees_and_sites(
    transaction: WriteTransaction, context: EditContext, trees: Iterable[str], sites: Iterable[str]
) -> tuple[RowLayer, RowLayer]:
    """Read trees and sites with their joined values, each tree with its site and each site with its trees."""
    tree_rows = read_by_ids(transaction, "trees", trees, READ_FIELDS["trees"])
    site_id_column = 2 + READ_FIELDS["trees"].index("site_id")
    site_ids = {*sites, *(row[site_id_column] for row in tree_rows.rows if row[site_id_column] is not None)}
    trees_of_sites = RowSet(READ_FIELDS["trees"], [])
    if site_ids:
        trees_of_sites = transaction.rows_where_in("trees", "site_id", sorted(site_ids), READ_FIELDS["trees"])
    site_rows = read_by_ids(transaction, "sites", site_ids, READ_FIELDS["sites"])
    return build_row_layer("trees", merge_rows(tree_rows, trees_of_sites), context), build_row_layer(
        "sites", site_rows, context
    )


def recompute_trees_and_sites(
    transaction: WriteTransaction, context: EditContext, trees: RowLayer, sites: RowLayer
) -> dict[str, Columns]:
    """Place trees and sites by the rules of the full join. Returns their joined fields, by layer."""
    pairs = pair_trees_with_sites(trees, sites)
    hints, points = placement_inputs(trees, sites, pairs)
    bboxes = search_bboxes(np.concatenate([trees.lonlat_geometries, sites.lonlat_geometries]))
    parcel_radius_m, street_radius_m = search_radii(context.settings)
    nearby_parcels = read_near(transaction, "parcels", bboxes, parcel_radius_m, PARCEL_FIELDS)
    override_parcels = read_parcels_by_key(transaction, hints["override_parcel_id"])
    stated_parcels = _read_stated_parcels(
        transaction, context, {name: hints[name][is_missing_point(points)] for name in HINT_FIELDS}
    )
    parcels, ground = read_with_ground(transaction, context, nearby_parcels, override_parcels, stated_parcels)
    layers = {
        "trees": trees,
        "sites": sites,
        "parcels": parcels,
        "streets": read_streets_near(transaction, context, bboxes, street_radius_m),
    }
    join_context = context.build_join_context(layers, ground, context.joined_home_towns(parcels))
    placements = place_trees_and_sites(join_context, pairs, hints, points)
    values = joined_tree_values(join_context, placements)
    tree_count = len(trees)
    return {
        "trees": {name: column[:tree_count] for name, column in values.items()},
        "sites": {name: column[tree_count:] for name, column in values.items()} | tree_values_for_sites(trees, pairs),
    }


def _read_stated_parcels(transaction: WriteTransaction, context: EditContext, hints: Columns) -> RowSet:
    """Read the parcels that records without a point name, by number or else by address."""
    keys, sources = hints["parcel_key"], hints["source"]
    if not len(keys):
        return RowSet(PARCEL_FIELDS, [])
    rows = read_parcels_by_key(transaction, keys)
    keyed_parcel = find_parcels_by_key(keys, build_row_layer("parcels", rows, context), sources)
    addresses = np.where(keyed_parcel == NONE, hints["address"], NONE_VALUE)
    return merge_rows(
        rows, read_parcels_at_addresses(transaction, context, addresses, context.towns.town_names_of_sources(sources))
    )


def read_inspections(transaction: WriteTransaction, context: EditContext, ids: Iterable[str]) -> RowLayer:
    """Read inspections with their joined values."""
    return build_row_layer("inspections", read_by_ids(transaction, "inspections", ids, INSPECTION_FIELDS), context)


def recompute_inspections(transaction: WriteTransaction, context: EditContext, inspections: RowLayer) -> Columns:
    """Place inspections by the rules of the full join. Returns their joined fields as columns."""
    rows = merge_rows(
        read_near(
            transaction, "parcels", search_bboxes(inspections.lonlat_geometries), POINT_SEARCH_RADIUS_M, PARCEL_FIELDS
        ),
        read_parcels_by_key(transaction, inspections.values("parcel_key")),
    )
    parcels = build_row_layer("parcels", rows, context)
    keyed_parcel = find_parcels_by_key(inspections.values("parcel_key"), parcels, inspections.values("source"))
    addresses = np.where(keyed_parcel == NONE, inspections.values("address"), NONE_VALUE)
    towns = context.towns.find_at_points(inspections.points, context.settings)
    source_town_names = context.towns.town_names_of_sources(inspections.values("source"))
    town_names = np.where(towns == NONE, source_town_names, context.towns.names[towns])
    rows = merge_rows(rows, read_parcels_at_addresses(transaction, context, addresses, town_names))
    address_rows = _read_points_of_parcels(transaction, rows)
    rows = merge_rows(rows, read_parcels_by_key(transaction, _column(address_rows, "parcel_id")))
    parcels = build_row_layer("parcels", rows, context)
    address_points = build_row_layer("addresses", address_rows, context)
    layers = {"inspections": inspections, "parcels": parcels, "addresses": address_points}
    no_rows = np.zeros(0, np.int64)  # inspections use no ground parcels
    ground = Ground(no_rows, no_rows, no_rows, parcels)
    join_context = context.build_join_context(layers, ground, context.joined_home_towns(parcels))
    return joined_inspection_values(join_context, place_inspections(join_context))


def read_address_points(transaction: WriteTransaction, context: EditContext, ids: Iterable[str]) -> RowLayer:
    """Read address points."""
    return build_row_layer("addresses", read_by_ids(transaction, "addresses", ids, ADDRESS_POINT_FIELDS), context)


def recompute_address_points(transaction: WriteTransaction, context: EditContext, addresses: RowLayer) -> None:
    """Join address points to their towns by the rules of the full join."""
    if not len(addresses):
        return
    parcels, ground = read_with_ground(
        transaction, context, read_parcels_by_key(transaction, addresses.values("parcel_id"))
    )
    layers = {"addresses": addresses, "parcels": parcels}
    towns = find_address_towns(context.build_join_context(layers, ground, context.joined_home_towns(parcels)))
    values = {id_: {"town": town} for id_, town in zip(addresses.values("id"), column_to_python(towns), strict=True)}
    transaction.update_joined_values("addresses", values)


def _read_points_of_parcels(transaction: WriteTransaction, parcel_rows: RowSet) -> RowSet:
    """Read the address points that name a parcel without an address of its own."""
    own_addresses = zip((row[0] for row in parcel_rows.rows), _column(parcel_rows, "address"), strict=True)
    ids = {name for id_, text in own_addresses if not has_text(text) for name in (id_, original_id(id_))}
    if not ids:
        return RowSet(ADDRESS_POINT_FIELDS, [])
    return transaction.rows_where_in("addresses", "parcel_id", sorted(ids), ADDRESS_POINT_FIELDS, with_geometry=False)


def _column(rows: RowSet, field: str) -> list[Any]:
    """Return a column of rows.

    >>> _column(RowSet(("address",), [("9J1", "roll", "12 Elm St", None)]), "address")
    ['12 Elm St']
    """
    position = 2 + rows.fields.index(field)  # after id and source
    return [row[position] for row in rows.rows]
