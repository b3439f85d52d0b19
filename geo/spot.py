"""What lies under a place: every spot that somebody touches gets an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import cos, radians
from typing import Literal

import numpy as np
import shapely
from pyproj import Transformer

from geo.naming import UNINCORPORATED
from geo.places import WEB, Bbox, LonLat
from geo.store.protocol import PUBLIC, Query, Reader, Record

DEGREE_M = 110_500  # metres in a degree of latitude, at least
How = Literal["inside", "near", "town", "none"]


@dataclass(frozen=True, slots=True)
class Spot:
    """What was found: the parcel with those stacked on its ground, or else the town alone."""

    how: How
    town: str | None
    parcel: Record | None = None
    distance_m: float | None = None
    units: tuple[str, ...] = ()


def parcel_at(reader: Reader, place: LonLat, *, near_m: float, today: date) -> Spot:
    """Say which parcel is at a place.

    The parcel that contains it, its edge included; of several the lowest id, with those stacked on
    the same ground as its units. Else the nearest within `near_m` metres, measured in the workspace's CRS; of several
    as near the lowest id. Else the town, when the place lies in one. The town told is the place's
    own as it stands `today`, which need not be the parcel's home.
    """
    town = _town_at(reader, place, today)
    records, shapes = _around(reader, "parcels", place, near_m)
    inside = np.flatnonzero(shapely.intersects_xy(shapes, *place))
    if len(inside):
        found = [records[int(at)] for at in inside]
        return Spot("inside", town, found[0], 0.0, _stacked(found))
    away = _metres(reader, shapes, place)
    if len(away) and away.min() <= near_m:
        # The first of those as near, to a millimetre: records come in the order of their ids.
        at = int(np.flatnonzero(away <= away.min() + 0.001)[0])
        return Spot("near", town, records[at], round(float(away[at]), 2))
    return Spot("town" if town else "none", town)


def stands(town: Record, today: date) -> bool:
    """Whether a town's limits hold on a day, the first and the last one included."""
    start, end = town.values.get("valid_from"), town.values.get("valid_to")
    now = today.isoformat()
    return (not start or start[:10] <= now) and (not end or now <= end[:10])


def _stacked(found: Sequence[Record]) -> tuple[str, ...]:
    ground = found[0].values.get("ground_id")
    return tuple(
        other.id for other in found[1:] if ground and other.values.get("ground_id") == ground
    )


def _town_at(reader: Reader, place: LonLat, today: date) -> str | None:
    records, shapes = _around(reader, "municipalities", place, 0.0)
    inside = shapely.intersects_xy(shapes, *place)
    for record, holds in zip(records, inside, strict=True):
        if holds and stands(record, today) and record.values["kind"] != UNINCORPORATED:
            return str(record.values["name"])
    return None


def _around(
    reader: Reader, layer: str, place: LonLat, reach_m: float
) -> tuple[Sequence[Record], np.ndarray]:
    high = reach_m / DEGREE_M
    wide = high / max(cos(radians(place.lat)), 0.01)
    box = Bbox(place.lon - wide, place.lat - high, place.lon + wide, place.lat + high)
    records = [
        record for record in reader.query(layer, Query(bbox=box), actor=PUBLIC) if record.wkb
    ]
    return records, shapely.from_wkb(np.array([record.wkb for record in records], dtype=object))


def _metres(reader: Reader, shapes: np.ndarray, place: LonLat) -> np.ndarray:
    crs = reader.settings().get("crs")
    if crs is None or not len(shapes):
        return np.empty(0)
    project = _transformer(crs).transform
    metric = shapely.transform(shapes, project, interleaved=False)
    distances: np.ndarray = shapely.distance(metric, shapely.Point(*project(*place)))
    return distances


@lru_cache(maxsize=8)
def _transformer(crs: str) -> Transformer:
    return Transformer.from_crs(WEB, crs, always_xy=True)  # safe under threads: see pyproj's class
