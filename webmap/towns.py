"""The towns: what they are called, which of them stand on a day, where, and how far views draw them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import cos, radians

import numpy as np
import shapely
from pyproj import Transformer

from geo.naming import slug
from geo.places import WEB, Bbox, LonLat
from geo.spot import stands
from geo.store.protocol import PUBLIC, Query, Reader, Record

FAR = 14  # the nearest zoom at which maps draw towns from outlines; beyond it from their limits
PIXEL_M = 156_543.0  # metres in a pixel of zoom 0 at the equator
OUTLINE_DECIMALS = 5  # of a degree: a metre


def named_by_slug(reader: Reader) -> Mapping[str, str]:
    """Give the towns' names by slug, in the order of their names."""
    found = (
        record.values["name"] for record in reader.query("municipalities", Query(), actor=PUBLIC)
    )
    return {slug(name): name for name in sorted(found)}


def standing(reader: Reader, today: date) -> list[Record]:
    """Give the towns that stand on a day, by name; a town that merged away is not among them."""
    found = reader.query("municipalities", Query(), actor=PUBLIC)
    return sorted((one for one in found if stands(one, today)), key=lambda one: one.values["name"])


def around(towns: list[Record]) -> Bbox | None:
    """Give the box, in degrees, that holds the towns; None when there are none."""
    drawn = [shapely.from_wkb(one.wkb) for one in towns if one.wkb is not None]
    return Bbox(*shapely.total_bounds(drawn).tolist()) if drawn else None


@dataclass(frozen=True, slots=True)
class Outline:
    """A town as far views draw it: its limits, unless they would fall apart, and where its name stands."""

    wkb: bytes | None
    middle: LonLat  # the place that lies deepest inside


def outlines(reader: Reader, today: date) -> Mapping[str, Outline]:
    """Give the limits of the towns that stand on a day, simplified to about a pixel of the zoom `FAR`, by id.

    Measured in the workspace's CRS; a border that two towns share stays the border of both.
    """
    towns = [one for one in standing(reader, today) if one.wkb]
    crs = reader.settings().get("crs")
    if crs is None or not towns:
        return {}
    limits = shapely.from_wkb(np.array([one.wkb for one in towns], dtype=object))
    to_metres = Transformer.from_crs(WEB, crs, always_xy=True)
    metric = shapely.transform(limits, to_metres.transform, interleaved=False)
    coarse = shapely.coverage_simplify(metric, _pixel_m(limits))
    drawn = shapely.transform(coarse, lambda xy: _degrees(to_metres, xy))
    sound = shapely.is_valid(drawn) & ~shapely.is_empty(drawn)
    deepest = shapely.get_point(shapely.maximum_inscribed_circle(metric), 0)
    middles = _degrees(to_metres, shapely.get_coordinates(deepest)).tolist()
    found = zip(towns, shapely.to_wkb(drawn), sound, middles, strict=True)
    return {
        town.id: Outline(wkb if good else None, LonLat(*middle))
        for town, wkb, good, middle in found
    }


def _pixel_m(limits: np.ndarray) -> float:
    _, south, _, north = shapely.total_bounds(limits)
    return float(PIXEL_M * cos(radians((south + north) / 2)) / 2**FAR)


def _degrees(to_metres: Transformer, metric: np.ndarray) -> np.ndarray:
    lon, lat = to_metres.transform(metric[:, 0], metric[:, 1], direction="INVERSE")
    return np.round(np.column_stack([lon, lat]), OUTLINE_DECIMALS)
