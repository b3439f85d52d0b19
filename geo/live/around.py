"""What stands around a few places: the parcels and streets that may matter to them, and the parcels that are named."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from geo.join.ground import Ground
from geo.join.keys import spelt
from geo.layers import LAYERS
from geo.live.few import Few, merged
from geo.live.standing import Standing, ground_of_joined, wider
from geo.naming import bare
from geo.places import Bbox
from geo.store.protocol import Rows, Turn

PARCEL = ("kind", "land_use", "old_id", "town_declared", "town", "ground_id")
STREET = ("name", "street", "divided")
TOGETHER_DEG = 0.005  # places within a box so wide are looked around at once


class NotAlone(Exception):
    """An edit on which more than a few rows hang; the text says why."""


def boxes(places: np.ndarray) -> list[Bbox]:
    """Give the boxes of places in degrees: one where all are close to each other, else each its own."""
    bounds = shapely.bounds(places[~shapely.is_missing(places)])
    if not len(bounds):
        return []
    whole = Bbox(*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    if max(whole.east - whole.west, whole.north - whole.south) <= TOGETHER_DEG:
        return [whole]
    return [Bbox(*box) for box in sorted(set(map(tuple, bounds.tolist())))]


def near(
    turn: Turn, layer: str, places: Iterable[Bbox], metres: float, fields: tuple[str, ...]
) -> Rows:
    """Give the rows of a layer that may lie within so many metres of the boxes."""
    return merged(
        Rows(fields, []), *(turn.near(layer, wider(box, metres), fields) for box in places)
    )


def named(turn: Turn, keys: Iterable[str | None]) -> Rows:
    """Give the parcels that any of the keys may name: `parcel_by_key` chooses among them."""
    words = {word for word in keys if word is not None}
    names = {spelt(word) for word in words} | {spelt(bare(word)) for word in words}
    spellings = sorted(name for name in names if name)
    if not all(map(str.isascii, spellings)):  # the store knows no other capitals
        raise NotAlone(f"a parcel is named with other letters than A to Z: {spellings[-1]}")
    if not spellings:
        return Rows(PARCEL, [])
    found = (turn.called("parcels", field, spellings, PARCEL) for field in ("id", "old_id"))
    return merged(*found)


def at_addresses(turn: Turn, standing: Standing, words: np.ndarray, towns: np.ndarray) -> Rows:
    """Give the parcels at addresses; None is no address."""
    asked = [row for row, word in enumerate(words) if word is not None]
    if not asked:
        return Rows(PARCEL, [])
    told = (pd.Series(column[asked], dtype="str") for column in (words, towns))
    return listed(turn, "parcels", standing.addresses.find(*told).dropna(), PARCEL)


def listed(turn: Turn, layer: str, ids: Iterable[str], fields: tuple[str, ...]) -> Rows:
    """Give the rows of some ids."""
    asked = sorted(set(ids))
    return turn.having(layer, "id", asked, fields) if asked else Rows(fields, [])


def with_ground(turn: Turn, standing: Standing, *several: Rows) -> tuple[Few, Ground]:
    """Lay out parcels together with the ground parcels that they share their ground with."""
    rows = merged(*several)
    ground = 2 + PARCEL.index("ground_id")  # behind id and source
    there = {row[0] for row in rows.rows}
    apart = {row[ground] for row in rows.rows} - there
    rows = merged(rows, listed(turn, "parcels", apart, PARCEL))
    parcels = Few(LAYERS["parcels"], rows, standing.to_metres)
    return parcels, ground_of_joined(parcels)


def streets_near(turn: Turn, standing: Standing, places: Iterable[Bbox], metres: float) -> Few:
    """Lay out the streets around some boxes."""
    rows = near(turn, "streets", places, metres, STREET)
    return Few(LAYERS["streets"], rows, standing.to_metres)


def layer_of(name: str, rows: Rows, standing: Standing) -> Few:
    """Lay out some rows of a layer."""
    return Few(LAYERS[name], rows, standing.to_metres)
