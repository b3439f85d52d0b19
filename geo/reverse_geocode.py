"""Reverse geocoding: find the parcel or town under a point.

The API and the workspace search call `reverse_geocode`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import cos, radians
from typing import Literal

import numpy as np
import shapely
from pyproj import Transformer

from geo.crs import WGS84, Bbox, LonLat
from geo.identifiers import UNINCORPORATED
from geo.in_force import is_in_force
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record

METERS_PER_DEGREE = 110_500  # meters in a degree of latitude, a lower bound
MatchType = Literal["inside", "near", "town", "none"]


@dataclass(frozen=True, slots=True)
class ReverseResult:
    """The parcel found, with the units stacked on its ground, or else the town alone.

    `match_type` says how: "inside" a parcel, "near" one, in a "town" only, or "none". `distance_m` is in
    meters: 0 inside, None without a parcel. `unit_ids` are parcels of the same ground parcel.
    """

    match_type: MatchType
    town: str | None
    parcel: Record | None = None
    distance_m: float | None = None
    unit_ids: tuple[str, ...] = ()


def reverse_geocode(reader: Reader, point: LonLat, *, near_m: float, today: date) -> ReverseResult:
    """Find the parcel at a point in degrees.

    A parcel that holds the point comes first, its edge included. Of several the lowest id wins, and
    those on the same ground parcel become its units. Otherwise it is the nearest parcel within
    `near_m` meters, measured in the metric CRS. Distances within 1 mm are equal, and then the lowest id wins.
    Otherwise it is the town with a boundary around the point.

    `town` is the town at the point on `today`. It may differ from the parcel's home town.
    """
    town = _town_at_point(reader, point, today)
    records, geometries = _records_near(reader, "parcels", point, near_m)
    inside = np.flatnonzero(shapely.intersects_xy(geometries, *point))
    if len(inside):
        matches = [records[int(index)] for index in inside]
        return ReverseResult("inside", town, matches[0], 0.0, _stacked_unit_ids(matches))
    distances_m = _distances_m(reader, geometries, point)
    if len(distances_m) and distances_m.min() <= near_m:
        # Records come in id order, so the first within 1 mm of the minimum has the lowest id.
        index = int(np.flatnonzero(distances_m <= distances_m.min() + 0.001)[0])
        return ReverseResult("near", town, records[index], round(float(distances_m[index]), 2))
    return ReverseResult("town" if town else "none", town)


def _stacked_unit_ids(matches: Sequence[Record]) -> tuple[str, ...]:
    ground = matches[0].values.get("ground_id")
    return tuple(other.id for other in matches[1:] if ground and other.values.get("ground_id") == ground)


def _town_at_point(reader: Reader, point: LonLat, today: date) -> str | None:
    records, geometries = _records_near(reader, "municipalities", point, 0.0)
    inside = shapely.intersects_xy(geometries, *point)
    for record, contains_point in zip(records, inside, strict=True):
        if contains_point and is_in_force(record, today) and record.values["kind"] != UNINCORPORATED:
            return str(record.values["name"])
    return None


def _records_near(reader: Reader, layer: str, point: LonLat, reach_m: float) -> tuple[Sequence[Record], np.ndarray]:
    lat_margin = reach_m / METERS_PER_DEGREE
    lon_margin = lat_margin / max(cos(radians(point.lat)), 0.01)
    bbox = Bbox(point.lon - lon_margin, point.lat - lat_margin, point.lon + lon_margin, point.lat + lat_margin)
    records = [record for record in reader.query(layer, Query(bbox=bbox), actor=PUBLIC) if record.wkb]
    return records, shapely.from_wkb(np.array([record.wkb for record in records], dtype=object))


def _distances_m(reader: Reader, geometries: np.ndarray, point: LonLat) -> np.ndarray:
    crs = reader.settings().get("crs")
    if crs is None or not len(geometries):
        return np.empty(0)
    project = _transformer_from_wgs84(crs).transform
    projected = shapely.transform(geometries, project, interleaved=False)
    distances: np.ndarray = shapely.distance(projected, shapely.Point(*project(*point)))
    return distances


@lru_cache(maxsize=8)
def _transformer_from_wgs84(crs: str) -> Transformer:
    return Transformer.from_crs(WGS84, crs, always_xy=True)  # threads may share a pyproj Transformer
