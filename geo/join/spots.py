"""Trees and their sites: one survey, placed together, each lending the other what it lacks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import shapely

from geo.join.ground import Ground
from geo.join.keys import ParcelOfAddress, parcel_by_address, parcel_by_key
from geo.join.measured import NONE, NOTHING, NOWHERE, Columns, Measured, drawn, nowhere, repeated
from geo.join.placing import placed
from geo.join.settings import JoinSettings
from geo.join.shown import shown

HINTS = ("location", "on_street", "address", "parcel_key", "override_parcel_id", "source")
SITE_HINTS = ("site_type", *HINTS[1:])
ROWS = ("inside", "parcel", "runner_up", "at")  # columns that hold rows of parcels


@dataclass(frozen=True)
class Pairs:
    """Which tree stands in which site, by position; `NONE` where none."""

    site_of: np.ndarray  # for each tree
    tree_of: np.ndarray  # for each site: the tree that stands there now


def pairs_of(trees: Measured, sites: Measured) -> Pairs:
    """Pair trees with their sites. Of several trees in a site the one surveyed last stands there now.

    Of those surveyed on one day, or on no known day, the lowest id.
    """
    found = pc.index_in(trees.words("site_id"), value_set=sites.words("id"), skip_nulls=True)
    site_of = found.fill_null(NONE).to_numpy().astype(np.int64)
    day, _ = pd.factorize(trees.values("surveyed_on"), sort=True)  # -1 where unknown
    order = np.lexsort((-day, site_of))  # and by id, for the sort is stable
    order = order[site_of[order] != NONE]
    _, first = np.unique(site_of[order], return_index=True)
    tree_of = np.full(len(sites), NONE)
    tree_of[site_of[order[first]]] = order[first]
    return Pairs(site_of, tree_of)


def spots_of(trees: Measured, sites: Measured, pairs: Pairs) -> tuple[Columns, np.ndarray]:
    """List the trees and then the sites, each with its hints, and their points in metres (nan if nowhere).

    What a tree does not say (point, address, override…) its site may, and the other way round.
    """
    hints = {}
    for name, site_name in zip(HINTS, SITE_HINTS, strict=True):
        tree, site = trees.values(name), sites.values(site_name)
        hints[name] = np.concatenate(
            [_lent(tree, site, pairs.site_of), _lent(site, tree, pairs.tree_of)]
        )
    points = [
        _point(trees.points, sites.points, pairs.site_of),
        _point(sites.points, trees.points, pairs.tree_of),
    ]
    return hints, np.concatenate(points)


def assigned(
    hints: Columns,
    points: np.ndarray,
    pairs: Pairs,
    parcels: Measured,
    ground: Ground,
    streets: Measured,
    find: ParcelOfAddress | None,
    places: np.ndarray,
    settings: JoinSettings,
) -> Columns:
    """Assign every spot: `inside`, `parcel`, `runner_up` (rows of parcels, always ground) and how.

    Of a spot without a point, `at` is the row of the parcel where it is, and `found_by` what tells so.

    A spot with a point goes by the rules of `placed`. One without goes to the parcel that its inventory names,
    else to the one at its address (see `_by_word`). What somebody set by hand stands over both.
    """
    table = _nowhere(len(points))
    bare = nowhere(points)
    alike = _alike(hints, points, pairs)
    once = np.flatnonzero((alike == np.arange(len(points))) & ~bare)
    asked = {name: hints[name][once] for name in ("location", "on_street")}
    for name, column in placed(asked, points[once], parcels, ground, streets, settings).items():
        table[name][once] = column
        table[name] = table[name][alike]
    lot = np.append(ground.rows[ground.of], NONE)
    _by_word(table, hints, np.flatnonzero(bare), parcels, lot, find, places)
    _by_hand(table, hints, points, parcels, lot)
    return table


def _alike(hints: Columns, points: np.ndarray, pairs: Pairs) -> np.ndarray:
    """Tell for each spot the one that has its place: a site and its tree stand at one point, and are placed once."""
    alike = np.arange(len(points))
    first = len(pairs.site_of)
    sites = first + np.flatnonzero(pairs.tree_of != NONE)
    trees = pairs.tree_of[sites - first]
    same = np.ones(len(sites), bool)
    for name in ("location", "on_street"):
        same &= hints[name][sites] == hints[name][trees]
    same &= (points[sites] == points[trees]).all(axis=1)
    alike[sites[same]] = trees[same]
    return alike


def _by_word(
    table: Columns,
    hints: Columns,
    rows: np.ndarray,
    parcels: Measured,
    lot: np.ndarray,
    find: ParcelOfAddress | None,
    places: np.ndarray,
) -> None:
    """Assign spots without a point by the inventory's word.

    A key gives medium confidence, an address low; it is looked up in the town whose inventory it is (`places`). Said to stand in a yard: contains; in a park:
    park; in a median: median, no parcel, though that one is the nearest that is known; else frontage. Distance and what
    contains it stay unknown.
    """
    if not len(rows):
        return
    mine = {name: hints[name][rows] for name in HINTS}
    key = parcel_by_key(mine["parcel_key"], parcels, mine["source"])
    words = np.where(key == NONE, mine["address"], NOTHING)
    told = lot[np.where(key == NONE, parcel_by_address(words, places[rows], parcels, find), key)]
    said = mine["location"]
    median = said == "median"
    parcel = np.where(median, NONE, told)
    method = repeated("frontage", len(rows))
    method[said == "yard"], method[said == "park"] = "contains", "park"
    method[parcel == NONE] = "none"
    method[median] = "median"
    table["parcel"][rows], table["at"][rows], table["method"][rows] = parcel, told, method
    table["found_by"][rows] = np.where(key == NONE, "address", "parcel")
    sure = np.where(key == NONE, "low", "medium").astype(object)
    table["confidence"][rows] = np.where(parcel == NONE, NOTHING, sure)


def _by_hand(
    table: Columns,
    hints: Columns,
    points: np.ndarray,
    parcels: Measured,
    lot: np.ndarray,
) -> None:
    """Let what somebody set by hand stand: a parcel's id, or 'none' for no parcel.

    What the rules had said becomes the runner-up. Where no parcel has the number any more, not even as its
    old one, the rules hold again, with low confidence.
    """
    set_by_hand = hints["override_parcel_id"]
    rows = np.flatnonzero(set_by_hand != None)  # noqa: E711 (each by itself)
    rows = rows[[bool(word.strip()) for word in set_by_hand[rows]]]
    if not len(rows):
        return
    no = np.array([word.strip().casefold() == "none" for word in set_by_hand[rows]])
    parcel = np.where(no, NONE, lot[parcel_by_key(set_by_hand[rows], parcels)])
    lost = rows[~no & (parcel == NONE)]
    table["confidence"][lost[table["parcel"][lost] != NONE]] = "low"
    rows, parcel = rows[no | (parcel != NONE)], parcel[no | (parcel != NONE)]
    ruled = table["parcel"][rows]
    table["runner_up"][rows] = np.where(ruled == parcel, table["runner_up"][rows], ruled)
    table["parcel"][rows], table["method"][rows], table["confidence"][rows] = (
        parcel,
        "manual",
        "high",
    )
    table["distance_m"][rows[parcel == NONE]] = np.nan
    there, lots = rows[parcel != NONE], parcels.metres.some(parcel[parcel != NONE])
    table["distance_m"][there] = shapely.distance(drawn(points[there]), lots)
    lent = (parcel != NONE) & nowhere(points[rows])
    table["at"][rows[lent]], table["found_by"][rows[lent]] = parcel[lent], "manual"


def _nowhere(size: int) -> Columns:
    """Begin a table of spots of which nothing is known yet."""
    return {
        **{name: np.full(size, NONE) for name in ROWS},
        "method": repeated("none", size),
        "found_by": repeated("none", size),
        "distance_m": np.full(size, np.nan),
        "confidence": np.full(size, None, object),
    }


def _lent(mine: np.ndarray, other: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Fill what is unknown of mine from the row of the other at `at`."""
    return np.where(mine == None, np.append(other, NOTHING)[at], mine)  # noqa: E711 (each by itself)


def _point(mine: np.ndarray, other: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.where(nowhere(mine)[:, None], np.concatenate([other, NOWHERE])[at], mine)


def places_of(
    trees: Measured, sites: Measured, pairs: Pairs, spots: Columns, parcels: Measured
) -> Columns:
    """Tell where the trees and then the sites are shown (see `shown`); each may have the other's point."""
    tree, site = trees.lonlat, sites.lonlat
    lent = [
        np.concatenate([site, NOWHERE])[pairs.site_of],
        np.concatenate([tree, NOWHERE])[pairs.tree_of],
    ]
    lender = np.repeat(np.array(["site", "tree"], object), [len(trees), len(sites)])
    own = np.concatenate([tree, site])
    return shown(own, (np.concatenate(lent), lender), spots["at"], spots["found_by"], parcels)
