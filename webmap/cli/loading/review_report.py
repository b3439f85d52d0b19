"""What a person should look at, as lines: possible doubles, overlaps, edits of records that are gone or moved.

`load_report` and the commands `load`, `status` and `check` print them. All come from `geo.review` or the store.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from geo.store.protocol import Store
from webmap.measures import format_area, format_distance

if TYPE_CHECKING:
    from geo.review.parcel_overlaps import ParcelOverlap
    from geo.review.tree_doubles import TreeDouble

MAX_NAMED = 5  # records that one warning names; the report and `/doubles` have all


def review_load(store: Store, layer: str, source: str) -> tuple[list[str], dict[str, Any]]:
    """Return what a person should look at after a load of a source, as lines, and all of it for the report."""
    from geo.review.review_layers import review_parcels, review_trees

    lines: list[str] = []
    found: dict[str, Any] = {}
    with store.snapshot() as reader:
        if layer == "trees":
            doubles = review_trees(reader, store.cache_dir, source)
            lines += double_lines(doubles)
            found["tree_doubles"] = [asdict(double) for double in doubles]
        if layer == "parcels":
            overlaps = review_parcels(reader, store.cache_dir, source)
            lines += overlap_lines(overlaps)
            found["overlaps"] = [asdict(overlap) for overlap in overlaps]
            found["lost_overrides"] = reader.status()["lost_overrides"]
            lines += lost_override_lines(found["lost_overrides"])
    return lines, {name: rows for name, rows in found.items() if rows}


def review_workspace(store: Store) -> Iterator[str]:
    """Yield what a person should look at in a workspace, one line for each."""
    from geo.review.review_layers import review_parcels, review_trees

    with store.snapshot() as reader:
        yield from lost_override_lines(reader.status()["lost_overrides"])
        overlaps = review_parcels(reader, store.cache_dir)
        yield from overlap_lines(overlaps, len(overlaps))
        doubles = review_trees(reader, store.cache_dir)
        yield from double_lines(doubles, len(doubles))


def affected_edit_lines(edits: Iterable[Mapping[str, Any]], *, is_dry_run: bool = False) -> Iterator[str]:
    """Yield one line for each edited record that a load deletes or moves, by id, with what was edited.

    >>> edit = {"layer": "trees", "id": "T-2", "change": "deleted", "edits": {"condition": "dead"}, "notes": 1, "moved_m": None}
    >>> list(affected_edit_lines([edit]))
    ['trees T-2 was edited by hand (condition=dead; 1 note) and is deleted, for the file no longer has it']
    >>> next(affected_edit_lines([edit | {"change": "moved", "moved_m": 17.4, "notes": 0}]))
    'trees T-2 was edited by hand (condition=dead) and moved 57 ft (17 m): is it still the same one?'
    """
    for edit in edits:
        parts = [", ".join(f"{field}={'' if value is None else value}" for field, value in edit["edits"].items())]
        parts += [f"{edit['notes']} note{'s' * (edit['notes'] != 1)}"] * bool(edit["notes"])
        named = f"{edit['layer']} {edit['id']} was edited by hand ({'; '.join(filter(None, parts))})"
        if edit["change"] == "moved":
            verb = "would move" if is_dry_run else "moved"
            yield f"{named} and {verb} {format_distance(edit['moved_m'])}: is it still the same one?"
        else:
            verb = "would be deleted" if is_dry_run else "is deleted"
            yield f"{named} and {verb}, for the file no longer has it"


def overlap_lines(overlaps: "list[ParcelOverlap]", most: int = MAX_NAMED) -> Iterator[str]:
    """Yield one line for each of the first overlaps, and one for the number of the others.

    >>> from geo.review.parcel_overlaps import ParcelOverlap
    >>> list(overlap_lines([ParcelOverlap("OVER1", "01E1", 290.0, 0.51, 0.498)]))
    ['parcel OVER1 covers half of 01E1: 3,122 sq ft (290 m²)']
    """
    for overlap in overlaps[:most]:
        share = _share_text(overlap.other_share)
        yield f"parcel {overlap.id} covers {share} of {overlap.other_id}: {format_area(overlap.area_m2)}"
    if len(overlaps) > most:
        yield f"{len(overlaps) - most:,} more parcels overlap"


def double_lines(doubles: "list[TreeDouble]", most: int = MAX_NAMED) -> Iterator[str]:
    """Yield one line for each of the first possible doubles, and one for the number of the others.

    >>> from geo.review.tree_doubles import TreeDouble
    >>> list(double_lines([TreeDouble("7", "town", "9", "county", 1.2)]))
    ['trees 7 (town) and 9 (county) may be one: they stand 3.9 ft (1.2 m) apart']
    """
    for double in doubles[:most]:
        yield (
            f"trees {double.id} ({double.source}) and {double.other_id} ({double.other_source}) may be one: "
            f"they stand {format_distance(double.distance_m)} apart"
        )
    if len(doubles) > most:
        yield f"{len(doubles) - most:,} more pairs of trees may be one; the page /doubles lists them"


def lost_override_lines(lost_overrides: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one line for each record that an edit gave to a parcel that is gone.

    >>> list(lost_override_lines([{"layer": "trees", "id": "T-2", "parcel_id": "07E1"}]))
    ['trees T-2: an edit gave it to parcel 07E1, which no load holds any more; the rules place it until you set another']
    """
    for lost in lost_overrides:
        yield (
            f"{lost['layer']} {lost['id']}: an edit gave it to parcel {lost['parcel_id']}, which no load holds any "
            "more; the rules place it until you set another"
        )


def _share_text(share: float) -> str:
    """Return a share in words where they are exact enough, else in percent.

    >>> _share_text(0.498), _share_text(1.0), _share_text(0.123)
    ('half', 'all', '12%')
    """
    if share >= 0.995:
        return "all"
    return "half" if 0.49 <= share <= 0.51 else f"{share:.0%}"
