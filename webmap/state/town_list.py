"""The list of towns: names by slug, towns in force on a date, bounding box and outlines.

`AppState`, the pages and the command line call these functions. Outlines come from
`shapely.coverage_simplify`, which simplifies a border that two towns share only once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import cos, radians

import numpy as np
import shapely
from pyproj import Transformer

from geo.crs import WGS84, Bbox, LonLat
from geo.identifiers import slugify
from geo.in_force import is_in_force
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record

OUTLINE_MAX_ZOOM = 14  # the closest zoom that draws outlines. Closer zooms draw boundaries
EQUATOR_PIXEL_M = 156_543.0  # meters in a pixel of zoom 0 on the equator
OUTLINE_DECIMALS = 5  # of a degree: about one meter


def town_names_by_slug(reader: Reader) -> Mapping[str, str]:
    """Return the names of all towns by slug, ordered by name."""
    names = (record.values["name"] for record in reader.query("municipalities", Query(), actor=PUBLIC))
    return {slugify(name): name for name in sorted(names)}


def towns_in_force(reader: Reader, today: date) -> list[Record]:
    """Return the towns in force on a date, ordered by name. Merged towns are left out."""
    records = reader.query("municipalities", Query(), actor=PUBLIC)
    return sorted(
        (record for record in records if is_in_force(record, today)), key=lambda record: record.values["name"]
    )


def bbox_of_outlines(towns: list[Record]) -> Bbox | None:
    """Return the bounding box of the towns, in degrees. None when no town has a boundary.

    >>> boundary = shapely.box(-90.34, 38.66, -90.28, 38.7)
    >>> bbox_of_outlines([Record("pagedale", "county", {}, shapely.to_wkb(boundary))])
    Bbox(west=-90.34, south=38.66, east=-90.28, north=38.7)
    """
    geometries = [shapely.from_wkb(town.wkb) for town in towns if town.wkb is not None]
    return Bbox(*shapely.total_bounds(geometries).tolist()) if geometries else None


@dataclass(frozen=True, slots=True)
class TownOutline:
    """The outline of a town for far zooms, as WKB in degrees, and the point of its label.

    `wkb` is None when the simplified outline is empty or invalid.
    """

    wkb: bytes | None
    label_point: LonLat  # the center of the largest inscribed circle


def town_outlines(reader: Reader, today: date) -> Mapping[str, TownOutline]:
    """Return the outlines of the towns in force on a date, by id.

    Boundaries are simplified in the metric CRS, to about one pixel of zoom `OUTLINE_MAX_ZOOM`. Empty
    when the workspace has no CRS or no town has a boundary.
    """
    towns = [record for record in towns_in_force(reader, today) if record.wkb]
    crs = reader.settings().get("crs")
    if crs is None or not towns:
        return {}
    boundaries = shapely.from_wkb(np.array([record.wkb for record in towns], dtype=object))
    to_metric = Transformer.from_crs(WGS84, crs, always_xy=True)
    metric_boundaries = shapely.transform(boundaries, to_metric.transform, interleaved=False)
    simplified = shapely.coverage_simplify(metric_boundaries, _pixel_size_m(boundaries))
    outlines = shapely.transform(simplified, lambda xy: _to_degrees(to_metric, xy))
    validity = shapely.is_valid(outlines) & ~shapely.is_empty(outlines)
    deepest_points = shapely.get_point(shapely.maximum_inscribed_circle(metric_boundaries), 0)
    label_points = _to_degrees(to_metric, shapely.get_coordinates(deepest_points)).tolist()
    rows = zip(towns, shapely.to_wkb(outlines), validity, label_points, strict=True)
    return {
        town.id: TownOutline(wkb if is_valid else None, LonLat(*label_point))
        for town, wkb, is_valid, label_point in rows
    }


def _pixel_size_m(boundaries: np.ndarray) -> float:
    _, south, _, north = shapely.total_bounds(boundaries)
    return float(EQUATOR_PIXEL_M * cos(radians((south + north) / 2)) / 2**OUTLINE_MAX_ZOOM)


def _to_degrees(to_metric: Transformer, metric_xy: np.ndarray) -> np.ndarray:
    lon, lat = to_metric.transform(metric_xy[:, 0], metric_xy[:, 1], direction="INVERSE")
    return np.round(np.column_stack([lon, lat]), OUTLINE_DECIMALS)
