"""Totals of towns, updated by the difference between records before and after an edit.

`geo.incremental.apply_edits` calls `contribution_of_record`, `find_coverage_change` and
`update_town_totals`. Town rows are not counted again, because a town may have many records.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.incremental.edit_context import EditContext
from geo.incremental.survey_reach import LOCATION_FIELDS
from geo.join.counts import CONDITION_COLUMNS, EMPTY_SITE_NEEDS
from geo.join.coverage import INVENTORY_LAYERS, Surveys
from geo.store.protocol import WriteTransaction

COLUMN_BY_CONDITION = {code: name for name, codes in CONDITION_COLUMNS.items() for code in codes}
# For each layer, the layers that cover a town together.
COVERAGE_LAYERS = {"trees": INVENTORY_LAYERS, "sites": INVENTORY_LAYERS, "inspections": ("inspections",)}


@dataclass(frozen=True)
class Contribution:
    """The columns of its town's totals that count one record.

    `outside_park` is True for trees and sites outside parks. Only these cover the parcels of a town.
    `covered_town` is the town that the record covers: its own, or None if its source declares others.
    """

    layer: str
    id: str
    town: str | None
    count_columns: tuple[str, ...]
    outside_park: bool
    covered_town: str | None


def contribution_of_record(layer: str, row: Mapping[str, Any], surveys: Surveys) -> Contribution:
    """Return the contribution of a tree, site or inspection, from its own and its joined fields.

    >>> row = {"id": "T-1", "source": "roll", "town": "Bel-Nor", "condition": "Good", "need": "prune", "location": "street"}
    >>> contribution_of_record("trees", row, Surveys()).count_columns
    ('trees', 'need_prune', 'trees_good')
    """
    outside_park = layer in LOCATION_FIELDS and _normalize_code(row[LOCATION_FIELDS[layer]]) != "park"
    count_columns = {
        "trees": _tree_count_columns,
        "sites": _site_count_columns,
        "inspections": _inspection_count_columns,
    }[layer](row)
    covered_town = row["town"] if surveys.covers(layer, row["source"], row["town"]) else None
    return Contribution(layer, row["id"], row["town"], count_columns, outside_park, covered_town)


def _tree_count_columns(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the totals that a tree adds to.

    >>> _tree_count_columns({"condition": None, "need": "unknown"})
    ('trees', 'need_unknown', 'trees_unrated')
    """
    condition_column = COLUMN_BY_CONDITION.get(_normalize_code(row["condition"]))
    return ("trees", f"need_{row['need']}", *([condition_column] if condition_column else []))


def _site_count_columns(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the totals that a site adds to. A site with a tree adds to none.

    >>> _site_count_columns({"tree_id": None, "need": "plant"})
    ('need_plant',)
    >>> _site_count_columns({"tree_id": "T-1", "need": "prune"})
    ()
    """
    is_counted = row["tree_id"] is None and row["need"] in EMPTY_SITE_NEEDS
    return (f"need_{row['need']}",) if is_counted else ()


def _inspection_count_columns(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the totals that an inspection adds to. Only open and closed ones add to any.

    >>> _inspection_count_columns({"status": "Open"}), _inspection_count_columns({"status": "cancelled"})
    (('inspections_open',), ())
    """
    status = _normalize_code(row["status"])
    return (f"inspections_{status}",) if status in ("open", "closed") else ()


def _normalize_code(code: str | None) -> str:
    return (code or "").strip().casefold()


class TownCoverage:
    """The towns that the tree inventory, inspections and crowns cover. Reads are cached.

    Use one instance for each transaction.
    """

    def __init__(self, transaction: WriteTransaction, surveys: Surveys) -> None:
        self._sample_ids = cache(transaction.sample_ids)
        self._surveys = surveys

    def has_tree_inventory(self, town: str | None) -> bool:
        """Return whether a town has trees or sites outside parks that cover it."""
        return town is not None and any(
            self._has_records(layer, town, (location_field, "park"))
            for layer, location_field in LOCATION_FIELDS.items()
        )

    def has_inspections(self, town: str | None) -> bool:
        """Return whether a town has inspections that cover it, or a source that covers it as a whole."""
        return self._surveys.is_whole(("inspections",), town) or (
            town is not None and self._has_records("inspections", town)
        )

    def has_crowns(self, town: str | None) -> bool:
        """Return whether a town has crowns."""
        return town is not None and self._has_records("canopy", town)

    def _has_records(self, layer: str, town: str, excluding: tuple[str, str] | None = None) -> bool:
        other_sources = tuple(self._surveys.sources_of_other_towns(layer, town))
        return bool(self._sample_ids(layer, "town", town, 1, excluding=excluding, excluding_sources=other_sources))


def find_coverage_change(
    transaction: WriteTransaction, surveys: Surveys, before: list[Contribution], after: list[Contribution]
) -> str | None:
    """Return a sentence about a town that an edit makes covered or uncovered, or None.

    The counts of all its parcels then change between unknown and 0, which needs a full join.
    """
    edited_records = {(contribution.layer, contribution.id) for contribution in (*before, *after)}
    for layers in set(COVERAGE_LAYERS.values()):
        for outside_park in (False, True) if "trees" in layers else (False,):
            towns_before, towns_after = (
                _towns_of_contributions(contributions, layers, outside_park=outside_park)
                for contributions in (before, after)
            )
            for town in towns_before ^ towns_after:
                if not surveys.is_whole(layers, town) and not _has_other_records(
                    transaction, surveys, layers, town, edited_records, outside_park=outside_park
                ):
                    return f"{town} gets its first or loses its last {' or '.join(layers)}"
    return None


def _towns_of_contributions(
    contributions: list[Contribution], layers: tuple[str, ...], *, outside_park: bool
) -> set[str]:
    """Return the towns that contributions from some layers cover.

    >>> tree = Contribution("trees", "T-1", "Bel-Nor", ("trees",), outside_park=False, covered_town="Bel-Nor")
    >>> _towns_of_contributions([tree], ("trees", "sites"), outside_park=False)
    {'Bel-Nor'}
    >>> _towns_of_contributions([tree], ("trees", "sites"), outside_park=True)
    set()
    """
    return {
        contribution.covered_town
        for contribution in contributions
        if contribution.covered_town is not None
        and contribution.layer in layers
        and (contribution.outside_park or not outside_park)
    }


def _has_other_records(
    transaction: WriteTransaction,
    surveys: Surveys,
    layers: tuple[str, ...],
    town: str,
    edited_records: set[tuple[str, str]],
    *,
    outside_park: bool,
) -> bool:
    """Return whether a town has a record that covers it and that the edit does not affect."""
    for layer in layers:
        excluded = (LOCATION_FIELDS[layer], "park") if outside_park else None
        other_sources = surveys.sources_of_other_towns(layer, town)
        ids = transaction.sample_ids(
            layer, "town", town, len(edited_records) + 1, excluding=excluded, excluding_sources=other_sources
        )
        if any((layer, id_) not in edited_records for id_ in ids):
            return True
    return False


def update_town_totals(
    transaction: WriteTransaction, context: EditContext, before: list[Contribution], after: list[Contribution]
) -> None:
    """Subtract the contributions before the edit from the town totals, and add those after it."""
    changes_by_town: dict[str, Counter[str]] = defaultdict(Counter)
    for contributions, sign in ((before, -1), (after, 1)):
        for contribution in contributions:
            if contribution.town is not None and contribution.town in context.town_by_name:
                changes_by_town[contribution.town].update(dict.fromkeys(contribution.count_columns, sign))
    for town, counts in changes_by_town.items():
        _add_to_town_totals(transaction, context, town, counts)


def update_parcel_totals(
    transaction: WriteTransaction, context: EditContext, gains: Mapping[str, Mapping[str, int]]
) -> None:
    """Add the gained ground parcels to the town totals. A town without parcels has None."""
    for town, counts in gains.items():
        if counts["parcels"] and town in context.town_by_name:
            id_ = context.municipality_ids[context.town_by_name[town]]
            (row,) = transaction.rows_where_in("municipalities", "id", [id_], ("parcels",), with_geometry=False).rows
            transaction.update_joined_values(
                "municipalities", {id_: {"parcels": (row[2] or 0) + counts["parcels"] or None}}
            )


def _add_to_town_totals(
    transaction: WriteTransaction, context: EditContext, town: str, counts: Mapping[str, int]
) -> None:
    """Add counts to the totals of a town. An unknown total stays unknown."""
    changes = {name: count for name, count in counts.items() if count}
    if changes:
        id_ = context.municipality_ids[context.town_by_name[town]]
        (row,) = transaction.rows_where_in("municipalities", "id", [id_], tuple(changes), with_geometry=False).rows
        current = dict(zip(changes, row[2:-1], strict=True))
        totals = {name: current[name] + count for name, count in changes.items() if current[name] is not None}
        transaction.update_joined_values("municipalities", {id_: totals} if totals else {})
