"""Sums of towns, kept up by what records give before an edit and after it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from geo.join.figures import CONDITIONS, OF_SITES
from geo.live.reach import SAID
from geo.live.standing import Standing
from geo.store.protocol import Turn

COLUMN_OF = {code: name for name, codes in CONDITIONS.items() for code in codes}
# What a layer's records tell of a town: which layers together, and whether those in parks count.
TOLD = {"trees": ("trees", "sites"), "sites": ("trees", "sites"), "inspections": ("inspections",)}


@dataclass(frozen=True)
class Stand:
    """What one record gives to the sums of its town, and whether it tells of the town's lots (`street`)."""

    layer: str
    id: str
    town: str | None
    gives: tuple[str, ...]
    street: bool


def stand_of(layer: str, row: Mapping[str, Any]) -> Stand:
    """Tell what a tree, a site or an inspection gives, by its own and its joined fields."""
    street = layer in SAID and _plain(row[SAID[layer]]) != "park"
    gives = {"trees": _of_tree, "sites": _of_site, "inspections": _of_case}[layer](row)
    return Stand(layer, row["id"], row["town"], gives, street)


def _of_tree(row: Mapping[str, Any]) -> tuple[str, ...]:
    rated = COLUMN_OF.get(_plain(row["condition"]))
    return ("trees", f"need_{row['need']}", *([rated] if rated else []))


def _of_site(row: Mapping[str, Any]) -> tuple[str, ...]:
    alone = row["tree_id"] is None and row["need"] in OF_SITES
    return (f"need_{row['need']}",) if alone else ()


def _of_case(row: Mapping[str, Any]) -> tuple[str, ...]:
    status = _plain(row["status"])
    return (f"inspections_{status}",) if status in ("open", "closed") else ()


def _plain(word: str | None) -> str:
    return (word or "").strip().casefold()


class Covered:
    """Which towns an inventory or inspections cover, asked once in a turn."""

    def __init__(self, turn: Turn) -> None:
        self._some = cache(turn.some)

    def surveyed(self, town: str | None) -> bool:
        """Tell whether a tree inventory covers a town's lots: parks alone do not."""
        return town is not None and any(
            self._some(layer, "town", town, 1, but=(said, "park")) for layer, said in SAID.items()
        )

    def inspected(self, town: str | None) -> bool:
        """Tell whether any inspection is of a town."""
        return town is not None and bool(self._some("inspections", "town", town, 1))

    def crowned(self, town: str | None) -> bool:
        """Tell whether the middle of any crown lies in a town."""
        return town is not None and bool(self._some("canopy", "town", town, 1))


def turned_over(turn: Turn, before: list[Stand], after: list[Stand]) -> str | None:
    """Tell of a town about which an edit begins or ceases to tell anything; None where there is none.

    What was unknown of all its lots becomes 0, or the other way round: that is no edit of a few rows.
    """
    touched = {(stand.layer, stand.id) for stand in (*before, *after)}
    for layers in set(TOLD.values()):
        for street in (False, True) if "trees" in layers else (False,):
            was, now = (_towns(stands, layers, street=street) for stands in (before, after))
            for town in was ^ now:
                if not _others(turn, layers, town, touched, street=street):
                    return f"{town} has its first or last {' or '.join(layers)}"
    return None


def _towns(stands: list[Stand], layers: tuple[str, ...], *, street: bool) -> set[str]:
    return {
        stand.town
        for stand in stands
        if stand.town is not None and stand.layer in layers and (stand.street or not street)
    }


def _others(
    turn: Turn, layers: tuple[str, ...], town: str, touched: set[tuple[str, str]], *, street: bool
) -> bool:
    """Tell whether a town has a record besides the touched ones."""
    for layer in layers:
        but = (SAID[layer], "park") if street else None
        ids = turn.some(layer, "town", town, len(touched) + 1, but=but)
        if any((layer, id_) not in touched for id_ in ids):
            return True
    return False


def keep_sums(turn: Turn, standing: Standing, before: list[Stand], after: list[Stand]) -> None:
    """Add to the sums of towns what records give now, and take away what they gave."""
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    for stands, sign in ((before, -1), (after, 1)):
        for stand in stands:
            if stand.town is not None and stand.town in standing.town_of:
                changes[stand.town].update(dict.fromkeys(stand.gives, sign))
    for town, counts in changes.items():
        _add(turn, standing, town, counts)


def keep_parcels(turn: Turn, standing: Standing, wins: Mapping[str, Mapping[str, int]]) -> None:
    """Add to the ground parcels of towns; a town without any tells none."""
    for town, counts in wins.items():
        if counts["parcels"] and town in standing.town_of:
            id_ = standing.limits[standing.town_of[town]]
            (row,) = turn.having("municipalities", "id", [id_], ("parcels",), shaped=False).rows
            turn.keep_joined(
                "municipalities", {id_: {"parcels": (row[2] or 0) + counts["parcels"] or None}}
            )


def _add(turn: Turn, standing: Standing, town: str, counts: Mapping[str, int]) -> None:
    """Add to the figures of a town; a figure that is unknown stays so."""
    wanted = {name: count for name, count in counts.items() if count}
    if wanted:
        id_ = standing.limits[standing.town_of[town]]
        (row,) = turn.having("municipalities", "id", [id_], tuple(wanted), shaped=False).rows
        had = dict(zip(wanted, row[2:-1], strict=True))
        sums = {name: had[name] + count for name, count in wanted.items() if had[name] is not None}
        turn.keep_joined("municipalities", {id_: sums} if sums else {})
