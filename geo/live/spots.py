"""Trees and sites placed again: those that an edit touches, and each with its site or its trees."""

from collections.abc import Iterable

import numpy as np

from geo.join.frontage import horizon
from geo.join.keys import parcel_by_key
from geo.join.measured import NONE, NOTHING, Columns, nowhere
from geo.join.needs import OF_SITE, OF_TREE
from geo.join.spots import HINTS, SITE_HINTS, pairs_of, spots_of
from geo.join.survey import LENT, as_told, lent_to_sites, placed_and_needing
from geo.layers import LAYERS
from geo.live.around import (
    PARCEL,
    at_addresses,
    boxes,
    layer_of,
    listed,
    named,
    near,
    streets_near,
    with_ground,
)
from geo.live.few import Few, merged
from geo.live.standing import Standing
from geo.store.protocol import Rows, Turn

JOINED = {name: tuple(f.name for f in LAYERS[name].joined) for name in ("trees", "sites")}
OWN = {
    "trees": tuple(dict.fromkeys((*HINTS[:-1], "site_id", "surveyed_on", *OF_TREE, *LENT))),
    "sites": tuple(dict.fromkeys((*SITE_HINTS[:-1], *OF_SITE))),
}
FIELDS = {
    name: (*own, *(field for field in JOINED[name] if field not in own))
    for name, own in OWN.items()
}


def touched(
    turn: Turn, standing: Standing, trees: Iterable[str], sites: Iterable[str]
) -> tuple[Few, Few]:
    """Read trees and sites as they stand, with what the join told of them last: each tree's site too, and each site's trees."""
    asked = listed(turn, "trees", trees, FIELDS["trees"])
    at = 2 + FIELDS["trees"].index("site_id")
    places = {*sites, *(row[at] for row in asked.rows if row[at] is not None)}
    beside = Rows(FIELDS["trees"], [])
    if places:
        beside = turn.having("trees", "site_id", sorted(places), FIELDS["trees"])
    found = listed(turn, "sites", places, FIELDS["sites"])
    return layer_of("trees", merged(asked, beside), standing), layer_of("sites", found, standing)


def placed_again(turn: Turn, standing: Standing, trees: Few, sites: Few) -> dict[str, Columns]:
    """Place trees and sites as the whole join does; gives for each layer its joined fields, row by row."""
    pairs = pairs_of(trees, sites)
    hints, points = spots_of(trees, sites, pairs)
    around = boxes(np.concatenate([trees.web, sites.web]))
    lots_m, streets_m = horizon(standing.settings)
    close = near(turn, "parcels", around, lots_m, PARCEL)
    set_by_hand = named(turn, hints["override_parcel_id"])
    told_of = _told_of(turn, standing, {name: hints[name][nowhere(points)] for name in HINTS})
    parcels, ground = with_ground(turn, standing, close, set_by_hand, told_of)
    layers = {
        "trees": trees,
        "sites": sites,
        "parcels": parcels,
        "streets": streets_near(turn, standing, around, streets_m),
    }
    desk = standing.desk(layers, ground, standing.home(parcels))
    found = placed_and_needing(desk, pairs, hints, points)
    told = as_told(desk, found)
    size = len(trees)
    return {
        "trees": {name: column[:size] for name, column in told.items()},
        "sites": {name: column[size:] for name, column in told.items()}
        | lent_to_sites(trees, pairs),
    }


def _told_of(turn: Turn, standing: Standing, hints: Columns) -> Rows:
    """Give the parcels that spots without a point may be at: by number, else by address."""
    keys, sources = hints["parcel_key"], hints["source"]
    if not len(keys):
        return Rows(PARCEL, [])
    rows = named(turn, keys)
    found = parcel_by_key(keys, layer_of("parcels", rows, standing), sources)
    words = np.where(found == NONE, hints["address"], NOTHING)
    return merged(rows, at_addresses(turn, standing, words, standing.towns.brought(sources)))
