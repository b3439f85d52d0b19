"""Trees and their sites: one survey, placed together, each lending the other what it lacks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.join.ground import Ground
from geo.join.keys import ParcelOfAddress, parcel_by_address, parcel_by_key
from geo.join.measured import NONE, NOTHING, Measured
from geo.join.placing import placed
from geo.join.settings import JoinSettings
from geo.join.shown import own_points, shown

HINTS = ["location", "on_street", "address", "parcel_key", "override_parcel_id", "source"]


@dataclass(frozen=True)
class Pairs:
    """Which tree stands in which site, by position; `NONE` where none."""

    site_of: np.ndarray  # for each tree
    tree_of: np.ndarray  # for each site: the tree that stands there now


def pairs_of(trees: Measured, sites: Measured) -> Pairs:
    """Pair trees with their sites. Of several trees in a site the one surveyed last stands there now.

    Of those surveyed on one day, or on no known day, the lowest id.
    """
    site_of = pd.Index(sites.ids[:-1]).get_indexer(trees.rows["site_id"].astype(object))
    in_site = pd.DataFrame({"site": site_of, "day": trees.rows["surveyed_on"].fillna("")})
    in_site = in_site[in_site["site"] != NONE].sort_values(
        ["site", "day"], ascending=[True, False], kind="stable"
    )
    current = in_site.drop_duplicates("site")
    tree_of = np.full(len(sites), NONE)
    tree_of[current["site"]] = current.index
    return Pairs(site_of, tree_of)


def spots_of(trees: Measured, sites: Measured, pairs: Pairs) -> tuple[pd.DataFrame, np.ndarray]:
    """List the trees and then the sites, each with its hints, and their points (None if nowhere).

    What a tree does not say (point, address, override…) its site may, and the other way round.
    """
    tree = trees.rows[HINTS].astype(object)
    site = sites.rows.rename(columns={"site_type": "location"})[HINTS].astype(object)
    hints = pd.concat([_lent(tree, site, pairs.site_of), _lent(site, tree, pairs.tree_of)])
    points = [
        _point(trees.points, sites.points, pairs.site_of),
        _point(sites.points, trees.points, pairs.tree_of),
    ]
    return hints.reset_index(drop=True), np.concatenate(points)


def assigned(
    hints: pd.DataFrame,
    points: np.ndarray,
    parcels: Measured,
    ground: Ground,
    streets: Measured,
    find: ParcelOfAddress | None,
    places: pd.Series,
    settings: JoinSettings,
) -> pd.DataFrame:
    """Assign every spot: `inside`, `parcel`, `runner_up` (rows of parcels, always ground) and how.

    Of a spot without a point, `at` is the row of the parcel where it is, and `found_by` what tells so.

    A spot with a point goes by the rules of `placed`. One without goes to the parcel that its inventory names,
    else to the one at its address (see `_by_word`). What somebody set by hand stands over both.
    """
    table = _nowhere(len(hints))
    here = np.flatnonzero(~shapely.is_missing(points))
    xy = shapely.get_coordinates(points[here])
    same = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1]})
    same["location"] = hints["location"].iloc[here].fillna("").to_numpy(object)
    same["on_street"] = hints["on_street"].iloc[here].fillna("").to_numpy(object)
    # A site and its tree stand at one point: it is placed once.
    spot = same.groupby(list(same.columns), sort=False).ngroup().to_numpy()
    once = ~pd.Series(spot).duplicated().to_numpy()
    found = placed(
        same[once].reset_index(drop=True), points[here[once]], parcels, ground, streets, settings
    )
    table.loc[here, found.columns] = found.iloc[spot].to_numpy(object)
    lot = np.append(ground.rows[ground.of], NONE)
    nowhere = np.setdiff1d(np.arange(len(hints)), here)
    table = _by_word(table, hints, nowhere, parcels, lot, find, places)
    return _by_hand(table, hints, points, parcels, lot)


def _by_word(
    table: pd.DataFrame,
    hints: pd.DataFrame,
    rows: np.ndarray,
    parcels: Measured,
    lot: np.ndarray,
    find: ParcelOfAddress | None,
    places: pd.Series,
) -> pd.DataFrame:
    """Assign spots without a point by the inventory's word.

    A key gives medium confidence, an address low; it is looked up in the town whose inventory it is (`places`). Said to stand in a yard: contains; in a park:
    park; in a median: median, no parcel, though that one is the nearest that is known; else frontage. Distance and what
    contains it stay unknown.
    """
    mine = hints.iloc[rows]
    key = parcel_by_key(mine["parcel_key"].astype("str"), parcels, mine["source"])
    words = mine["address"].where(key == NONE).astype("str")
    at = parcel_by_address(words, places.iloc[rows], parcels, find)
    median = (mine["location"] == "median").to_numpy()
    told = lot[np.where(key == NONE, at, key)]
    parcel = np.where(median, NONE, told)
    said = mine["location"].map({"yard": "contains", "park": "park"}).fillna("frontage")
    found = [median, parcel == NONE]
    table.loc[rows, "parcel"], table.loc[rows, "at"] = parcel, told
    table.loc[rows, "found_by"] = np.where(key == NONE, "address", "parcel").astype(object)
    table.loc[rows, "method"] = np.select(found, ["median", "none"], said.to_numpy(object))
    sure = np.where(key == NONE, "low", "medium").astype(object)
    table.loc[rows, "confidence"] = np.where(parcel == NONE, NOTHING, sure)
    return table


def _by_hand(
    table: pd.DataFrame,
    hints: pd.DataFrame,
    points: np.ndarray,
    parcels: Measured,
    lot: np.ndarray,
) -> pd.DataFrame:
    """Let what somebody set by hand stand: a parcel's id, or 'none' for no parcel.

    What the rules had said becomes the runner-up. Where no parcel has the number any more, not even as its
    old one, the rules hold again, with low confidence.
    """
    words = hints["override_parcel_id"].astype("str")
    rows = np.flatnonzero(words.notna() & (words.str.strip() != ""))
    words = words.iloc[rows]
    no = (words.str.strip().str.casefold() == "none").to_numpy()
    parcel = np.where(no, NONE, lot[parcel_by_key(words, parcels)])
    lost = rows[~no & (parcel == NONE)]
    table.loc[lost, "confidence"] = table.loc[lost, "confidence"].where(
        table.loc[lost, "parcel"] == NONE, "low"
    )
    rows, parcel = rows[no | (parcel != NONE)], parcel[no | (parcel != NONE)]
    ruled = table.loc[rows, "parcel"].to_numpy(int)
    table.loc[rows, "runner_up"] = np.where(ruled == parcel, table.loc[rows, "runner_up"], ruled)
    table.loc[rows, "parcel"] = parcel
    table.loc[rows, "method"] = "manual"
    table.loc[rows, "confidence"] = "high"
    shapes = np.append(parcels.shapes, NOTHING)[parcel]
    table.loc[rows, "distance_m"] = shapely.distance(points[rows], shapes)
    lent = (parcel != NONE) & shapely.is_missing(points[rows])
    table.loc[rows[lent], "at"] = parcel[lent]
    table.loc[rows[lent], "found_by"] = "manual"
    return table


def _nowhere(size: int) -> pd.DataFrame:
    """Begin a table of spots of which nothing is known yet."""
    table = pd.DataFrame(index=range(size))
    for name in ("inside", "parcel", "runner_up", "at"):
        table[name] = np.full(size, NONE)
    table["method"] = np.full(size, "none", object)
    table["found_by"] = np.full(size, "none", object)
    table["distance_m"] = np.full(size, np.nan)
    table["confidence"] = np.full(size, None, object)
    return table


def _lent(mine: pd.DataFrame, other: pd.DataFrame, at: np.ndarray) -> pd.DataFrame:
    """Fill what is unknown of mine from the row of the other at `at`."""
    lent = other.reindex(at).set_axis(mine.index)
    return mine.where(mine.notna(), lent)


def places_of(
    trees: Measured, sites: Measured, pairs: Pairs, spots: pd.DataFrame, parcels: Measured
) -> pd.DataFrame:
    """Tell where the trees and then the sites are shown (see `shown`); each may have the other's point."""
    tree, site = own_points(trees), own_points(sites)
    lent = [np.append(site, NOTHING)[pairs.site_of], np.append(tree, NOTHING)[pairs.tree_of]]
    lender = np.repeat(np.array(["site", "tree"], object), [len(trees), len(sites)])
    return shown(
        np.concatenate([tree, site]),
        (np.concatenate(lent), lender),
        spots["at"].to_numpy(int),
        spots["found_by"].to_numpy(object),
        parcels,
    )


def _point(mine: np.ndarray, other: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.where(shapely.is_missing(mine), np.append(other, NOTHING)[at], mine)
