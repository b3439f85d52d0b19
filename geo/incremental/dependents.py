"""Trees, sites and inspections that may be placed differently when parcels change.

`geo.incremental.apply_edits` calls `find_dependents`.
"""

from geo.incremental.address_dependents import find_dependents_by_address
from geo.incremental.edit_context import EditContext
from geo.incremental.neighbors import read_near
from geo.incremental.recompute_parcels import ParcelChanges
from geo.incremental.recompute_placement import POINT_SEARCH_RADIUS_M
from geo.incremental.row_layer import merge_rows
from geo.join.placement.frontage import search_radii
from geo.store.protocol import WriteTransaction

TREE_SITE_LAYERS = ("trees", "sites")
TREE_SITE_PARCEL_FIELDS, INSPECTION_PARCEL_FIELDS = (
    ("frontage_parcel_id", "inside_parcel_id"),
    ("parcel_id",),
)  # joined fields that name a parcel
PARCEL_KEY_FIELDS = ("parcel_key", "override_parcel_id")  # own fields that name a parcel
KEY_FIELDS_BY_LAYER = {"trees": PARCEL_KEY_FIELDS, "sites": PARCEL_KEY_FIELDS, "inspections": PARCEL_KEY_FIELDS[:1]}


def find_dependents(
    transaction: WriteTransaction, context: EditContext, parcel_changes: ParcelChanges
) -> dict[str, set[str]]:
    """Return the ids of the trees, sites and inspections, by layer, that may depend on changed parcels.

    They are near a parcel, were joined to it, or name it by number or address. Parcels with the same number
    count too, because an address point may then mean another one.
    """
    if not len(parcel_changes.before) and not len(parcel_changes.after):
        return {layer: set() for layer in KEY_FIELDS_BY_LAYER}
    lookup_keys = sorted(parcel_changes.lookup_keys)
    ids = sorted(
        {
            *(row[0] for row in transaction.rows_by_key("parcels", "id", lookup_keys, ()).rows),
            *parcel_changes.before.values("id"),
            *parcel_changes.after.values("id"),
            *parcel_changes.ground_mate_ids,
            *parcel_changes.ground_ids,
        }
    )
    parcel_radius_m, _ = search_radii(context.settings)
    ids_by_layer: dict[str, set[str]] = {}
    for layer, key_fields in KEY_FIELDS_BY_LAYER.items():
        distance_m, parcel_fields = (
            (parcel_radius_m, TREE_SITE_PARCEL_FIELDS)
            if layer in TREE_SITE_LAYERS
            else (POINT_SEARCH_RADIUS_M, INSPECTION_PARCEL_FIELDS)
        )
        rows = merge_rows(
            read_near(transaction, layer, parcel_changes.bboxes, distance_m, ()),
            *(transaction.rows_where_in(layer, name, ids, ()) for name in parcel_fields),
            *(transaction.rows_by_key(layer, key, lookup_keys, ()) for key in key_fields),
        )
        ids_by_layer[layer] = {row[0] for row in rows.rows}
    ids_by_address = find_dependents_by_address(transaction, context, parcel_changes)
    return {layer: ids | ids_by_address[layer] for layer, ids in ids_by_layer.items()}
