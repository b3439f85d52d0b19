"""Inspections placed again: those that an edit touches."""

from collections.abc import Iterable

import numpy as np

from geo.join.ground import Ground
from geo.join.inspections import as_told, inspection_places
from geo.join.keys import parcel_by_key
from geo.join.measured import NONE, NOTHING, Columns
from geo.layers import LAYERS
from geo.live.around import PARCEL, at_addresses, boxes, layer_of, listed, named, near
from geo.live.few import Few, merged
from geo.live.standing import Standing
from geo.store.protocol import Turn

BESIDE_M = 1.0  # around a point: a parcel that contains it is nearer
JOINED = tuple(field.name for field in LAYERS["inspections"].joined)
FIELDS = ("parcel_key", "address", "status", "inspected_on", "due_on", *JOINED)


def cases_of(turn: Turn, standing: Standing, ids: Iterable[str]) -> Few:
    """Read inspections as they stand, with what the join told of them last."""
    return layer_of("inspections", listed(turn, "inspections", ids, FIELDS), standing)


def cases_again(turn: Turn, standing: Standing, cases: Few) -> Columns:
    """Place inspections as the whole join does; gives their joined fields, row by row."""
    rows = merged(
        near(turn, "parcels", boxes(cases.web), BESIDE_M, PARCEL),
        named(turn, cases.values("parcel_key")),
    )
    parcels = layer_of("parcels", rows, standing)
    found = parcel_by_key(cases.values("parcel_key"), parcels, cases.values("source"))
    words = np.where(found == NONE, cases.values("address"), NOTHING)
    towns = standing.towns.at(cases.points, standing.settings)
    brought = standing.towns.brought(cases.values("source"))
    places = np.where(towns == NONE, brought, standing.towns.names[towns])
    at_address = at_addresses(turn, standing, words, places)
    if at_address.rows:
        parcels = layer_of("parcels", merged(rows, at_address), standing)
    every = {"inspections": cases, "parcels": parcels}
    nothing = np.zeros(0, np.int64)  # no inspection asks for ground
    ground = Ground(nothing, nothing, nothing, parcels)
    desk = standing.desk(every, ground, standing.home(parcels))
    return as_told(desk, inspection_places(desk))
