"""Figures of a few ground parcels, counted again from what the join has told of their trees and cases."""

from collections.abc import Collection
from typing import Any

import numpy as np

from geo.join.known import known
from geo.join.measured import NONE
from geo.join.spots import Pairs
from geo.join.survey import Survey
from geo.join.tables import case_counts, tree_counts
from geo.live.around import layer_of
from geo.live.few import Few, merged
from geo.live.reach import reached
from geo.live.standing import Standing, ground_of_joined
from geo.live.towns import Covered
from geo.store.protocol import Turn

PLACED = ("frontage_parcel_id", "inside_parcel_id")
TREE = ("condition", "need", *PLACED)
SITE = ("need", "tree_id", *PLACED)
CASE = ("status", "inspected_on", "due_on", "parcel_id")


def figures_again(
    turn: Turn, standing: Standing, covered: Covered, grounds: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Count the trees, needs and inspections of ground parcels; gives for each parcel on them what is told."""
    if not grounds:
        return {}
    found = turn.having("parcels", "ground_id", sorted(set(grounds)), ("town", "ground_id"))
    units = layer_of("parcels", found, standing)
    ids, ground = units.values("id"), ground_of_joined(units)
    trees = _placed_on(turn, standing, "trees", TREE, ids)
    sites = _placed_on(turn, standing, "sites", SITE, ids)
    cases = layer_of(
        "inspections",
        turn.having("inspections", "parcel_id", list(ids), CASE, shaped=False),
        standing,
    )
    layers = {"trees": trees, "inspections": cases}
    desk = standing.desk(layers, ground, standing.home(units))
    counts, own = tree_counts(desk, _survey(trees, sites, units))
    inspections, inspected = case_counts(
        desk, {"parcel": units.positions(cases.values("parcel_id"))}
    )
    home = units.values("town")[ground.rows]
    walked = own | _walked(turn, standing, covered, units.shapes[ground.rows], home, own)
    known_of = inspected | np.array([covered.inspected(town) for town in home], bool)
    lot = known(counts, walked) | known(inspections, known_of)
    return {
        id_: {name: column[at] for name, column in lot.items()}
        for id_, at in zip(ids, ground.of, strict=True)
    }


def _placed_on(
    turn: Turn, standing: Standing, layer: str, fields: tuple[str, ...], ids: np.ndarray
) -> Few:
    """Read the trees or sites that are in some parcels or belong to them."""
    found = (turn.having(layer, field, list(ids), fields, shaped=False) for field in PLACED)
    return layer_of(layer, merged(*found), standing)


def _survey(trees: Few, sites: Few, units: Few) -> Survey:
    """Take from what was told the columns that figures are counted from."""
    of_trees, of_sites = (
        {
            "need": spots.values("need"),
            "parcel": units.positions(spots.values("frontage_parcel_id")),
            "inside": units.positions(spots.values("inside_parcel_id")),
        }
        for spots in (trees, sites)
    )
    tree_of = np.where(sites.values("tree_id") == None, NONE, 0)  # noqa: E711 (each by itself)
    return Survey(of_trees, of_sites, Pairs(np.zeros(0, np.int64), tree_of))


def _walked(
    turn: Turn,
    standing: Standing,
    covered: Covered,
    shapes: np.ndarray,
    home: np.ndarray,
    own: np.ndarray,
) -> np.ndarray:
    """Mark the lots by which an inventory came: in a town that it covers, within its reach."""
    asked = np.flatnonzero(~own & np.array([covered.surveyed(town) for town in home], bool))
    marks = np.zeros(len(own), bool)
    if len(asked):
        marks[asked] = reached(turn, standing, shapes[asked])
    return marks
