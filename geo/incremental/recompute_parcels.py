"""Towns, districts and ground of the parcels that an edit adds, changes or deletes.

`geo.incremental.apply_edits` calls `read_parcels` and `recompute_parcels`.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from geo.crs import Bbox
from geo.identifiers import original_id
from geo.incremental.edit_context import EditContext
from geo.incremental.neighbors import build_row_layer, read_by_ids, read_near
from geo.incremental.record_diff import RowValues, column_to_python, row_dicts
from geo.incremental.row_layer import RowLayer, merge_rows
from geo.join.areas.districts import find_districts
from geo.join.areas.ground import dedupe_stacked_parcels
from geo.join.areas.towns import find_home_towns
from geo.join.placement.parcel_keys import normalize_key
from geo.projected_layer import AREA_DECIMALS
from geo.store.geopackage.encoding import geometry_blob
from geo.store.protocol import WriteTransaction
from geo.store.records import RowSet

OWN_FIELDS = ("address", "postal_city", "kind", "land_use", "old_id", "town_declared")
GROUND_FIELDS = ("ground_id", "stacked")
PARCEL_FIELDS = (*OWN_FIELDS, "town", *GROUND_FIELDS)
TOWN_FIELDS = ("town", "town_share", "town_shares", "area_m2")
DISTRICT_FIELDS = ("police", "court", "inspection", "ward", "districts")


@dataclass(frozen=True)
class ParcelChanges:
    """The parcels of an edit before and after it, and the other parcels with a changed ground."""

    before: RowLayer
    after: RowLayer
    ground_mate_ids: frozenset[str]

    @property
    def bboxes(self) -> list[Bbox]:
        """The bboxes of the parcels in degrees, before and after the edit."""
        wkbs = (wkb for layer in (self.before, self.after) for wkb in layer.wkbs if wkb is not None)
        return [geometry_blob.wkb_bbox(wkb) for wkb in wkbs]

    @property
    def ground_ids(self) -> set[str]:
        """The ids of their ground parcels, before and after the edit."""
        all_ids = (id_ for layer in (self.before, self.after) for id_ in layer.values("ground_id"))
        return {id_ for id_ in all_ids if id_ is not None} | self.ground_mate_ids

    @property
    def lookup_keys(self) -> set[str]:
        """The normalized keys that may name the parcels."""
        columns = (layer.values(name) for layer in (self.before, self.after) for name in ("id", "old_id"))
        texts = {text for column in columns for text in column if text is not None} | self.ground_mate_ids
        return {name for text in texts if (name := normalize_key(original_id(text)))}


def read_parcels(transaction: WriteTransaction, context: EditContext, ids: Iterable[str]) -> RowLayer:
    """Read parcels with their joined values."""
    return build_row_layer("parcels", read_by_ids(transaction, "parcels", ids, PARCEL_FIELDS), context)


GainsByTown = dict[str, Counter[str]]  # changes of counts by town


def recompute_parcels(
    transaction: WriteTransaction, context: EditContext, before: RowLayer, ids: Collection[str]
) -> tuple[ParcelChanges, GainsByTown]:
    """Join parcels to their towns, districts and ground parcels again.

    `before` holds the parcels before the edit, `ids` the edited ids. Returns the changes. Returns also how
    many ground parcels each town has gained, under "parcels".
    """
    after = read_parcels(transaction, context, ids)
    if not ids:
        return ParcelChanges(before, after, frozenset()), {}
    neighbors_before = build_row_layer("parcels", _read_possible_ground_mates(transaction, before, after), context)
    grounds_before = zip(neighbors_before.values("ground_id"), neighbors_before.values("stacked"), strict=True)
    ground_changes = zip(
        neighbors_before.values("id"), grounds_before, _ground_ids_and_stack_sizes(neighbors_before), strict=True
    )
    changed_values = {
        id_: dict(zip(GROUND_FIELDS, new_ground, strict=True))
        for id_, old_ground, new_ground in ground_changes
        if new_ground != old_ground
    }
    transaction.update_joined_values("parcels", changed_values)
    transaction.update_joined_values("parcels", _compute_town_values(context, after))
    neighbors_after = read_parcels(transaction, context, neighbors_before.values("id"))
    deleted_rows = [row for row in row_dicts(before) if row["id"] not in set(neighbors_after.values("id"))]
    gains: GainsByTown = {}
    for rows, sign in ((row_dicts(neighbors_after), 1), (row_dicts(neighbors_before), -1), (deleted_rows, -1)):
        for row in rows:
            if row["town"] is not None and row["ground_id"] == row["id"]:
                gains.setdefault(row["town"], Counter())["parcels"] += sign
    return ParcelChanges(before, read_parcels(transaction, context, ids), frozenset(changed_values)), gains


def _read_possible_ground_mates(transaction: WriteTransaction, before: RowLayer, after: RowLayer) -> RowSet:
    """Read the parcels that share their ground with the edited ones, did before, or may now."""
    bboxes = [geometry_blob.wkb_bbox(wkb) for wkb in after.wkbs if wkb is not None]
    ground_ids = {id_ for layer in (before, after) for id_ in layer.values("ground_id") if id_ is not None}
    sharing_rows = transaction.rows_where_in("parcels", "ground_id", sorted(ground_ids), PARCEL_FIELDS)
    own_rows = read_by_ids(transaction, "parcels", after.values("id"), PARCEL_FIELDS)
    return merge_rows(read_near(transaction, "parcels", bboxes, 0.0, PARCEL_FIELDS), sharing_rows, own_rows)


def _ground_ids_and_stack_sizes(parcels: RowLayer) -> list[tuple[str, int]]:
    """Return the ground parcel of each parcel and the size of its stack. Stacks must be complete."""
    ground = dedupe_stacked_parcels(parcels)
    ids = parcels.values("id")[ground.parcel_rows[ground.ground_of_parcel]]
    return list(zip(ids, ground.stack_sizes[ground.ground_of_parcel].tolist(), strict=True))


def _compute_town_values(context: EditContext, parcels: RowLayer) -> dict[str, RowValues]:
    """Return the joined town, district and area values of parcels, by parcel id."""
    if not len(parcels):
        return {}
    home_towns = find_home_towns(parcels, context.towns, context.settings)
    districts = find_districts(
        parcels, home_towns["town"], context.districts, context.towns, today=context.today, settings=context.settings
    )
    share, area = np.round(home_towns["share"], AREA_DECIMALS), parcels.area_m2.round(AREA_DECIMALS)
    values = dict(zip(TOWN_FIELDS, (home_towns["name"], share, home_towns["text"], area), strict=True))
    unknown = np.full(len(parcels), None, object)
    values |= {name: np.asarray(districts.get(name, unknown), object) for name in DISTRICT_FIELDS}
    columns = {name: column_to_python(column) for name, column in values.items()}
    return {
        id_: {name: column[row] for name, column in columns.items()} for row, id_ in enumerate(parcels.values("id"))
    }
