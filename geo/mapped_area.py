"""The mapped area: the ground within 10 km of a loaded town boundary. Records outside it are far from the towns.

One wrong coordinate puts a tree 300 km away. Pages call it "outside the mapped area", the load report and the
exports page name it, and no bounding box that a map opens on includes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil, cos, floor, radians

import numpy as np
import shapely
from pyproj import Transformer

from geo.crs import WGS84, Bbox
from geo.geometry_column import repair_polygons
from geo.store.protocol import Reader
from geo.store.records import PUBLIC, Query, Record

FAR_FROM_TOWNS_M = 10_000.0
MAX_FAR_RECORDS = 10_000  # of a layer, so that a county with one loaded boundary does not take minutes
MAX_RECORDS_READ = 500  # at a time
MIN_GEOMETRIES_FOR_OUTLINE = 100
SIMPLIFY_M = 50.0  # for the outlines of the area, which need not be exact
MIN_DEGREE_M = 110_500.0  # no degree of latitude is shorter, nor of longitude at the equator
BBOX_DECIMALS = 5  # of a degree: about a meter
MIN_CELL_DEG = 0.001  # smaller bounding boxes are not divided any more


@dataclass(frozen=True, slots=True)
class FarRecords:
    """The records of a layer that are far from every town.

    `ids` are sorted. If there are more than `MAX_FAR_RECORDS`, `is_complete` is False and the others are
    not counted. `near_bbox` is the bounding box of the records near the towns, in degrees, None without any.
    """

    ids: tuple[str, ...]
    is_complete: bool
    near_bbox: Bbox | None


@dataclass(frozen=True)
class MappedArea:
    """The ground within `FAR_FROM_TOWNS_M` of the town boundaries.

    `boundaries` is one geometry in the metric CRS. `to_metric` transforms degrees to it.
    """

    boundaries: shapely.Geometry
    to_metric: Transformer

    def is_far(self, geometries: np.ndarray) -> np.ndarray:
        """Return a mask of the geometries (n,) in degrees that are far from every town. None is not far."""
        is_placed = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
        is_near = np.zeros(len(geometries), bool)
        if len(geometries) > MIN_GEOMETRIES_FOR_OUTLINE:  # nearly all of many are inside, which is seen faster
            is_near |= shapely.covers(self._inner_outline, geometries)
        may_be_near = is_placed & ~is_near & shapely.intersects(shapely.box(*self.bbox), geometries)
        metric = shapely.transform(geometries[may_be_near], self.to_metric.transform, interleaved=False)
        is_near[may_be_near] = shapely.dwithin(self.boundaries, metric, FAR_FROM_TOWNS_M)
        mask: np.ndarray = is_placed & ~is_near
        return mask

    def distances_m(self, geometries: np.ndarray) -> np.ndarray:
        """Return the distance of each geometry (degrees) to the nearest town in meters, inf where it is too far."""
        metric = shapely.transform(geometries, self.to_metric.transform, interleaved=False)
        distances = shapely.distance(self.boundaries, metric)
        return np.where(np.isfinite(distances), distances, np.inf)

    @cached_property
    def bbox(self) -> Bbox:
        """The bounding box of the area in degrees."""
        return Bbox(*shapely.bounds(self._outline(FAR_FROM_TOWNS_M + SIMPLIFY_M)).tolist())

    def contains(self, bbox: Bbox) -> bool:
        """Return whether a bounding box is surely inside the area."""
        return bool(shapely.covers(self._inner_outline, shapely.box(*bbox)))

    @cached_property
    def _inner_outline(self) -> shapely.Geometry:
        outline = self._outline(FAR_FROM_TOWNS_M - 2 * SIMPLIFY_M)
        shapely.prepare(outline)
        return outline

    def _outline(self, distance_m: float) -> shapely.Geometry:
        """Return an outline around the towns, in degrees."""
        metric = shapely.buffer(shapely.simplify(self.boundaries, SIMPLIFY_M), distance_m)

        def to_degrees(xy: np.ndarray) -> np.ndarray:
            return np.column_stack(self.to_metric.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))

        return shapely.transform(metric, to_degrees)


def load_mapped_area(reader: Reader) -> MappedArea | None:
    """Return the mapped area of a workspace, or None without town boundaries.

    Every loaded boundary counts, also of a former town or of an unincorporated place.
    """
    crs = reader.settings().get("crs")
    boundaries = reader.read_layer("municipalities", actor=PUBLIC).geometry.dropna()
    return None if crs is None or boundaries.empty else make_mapped_area(boundaries.to_numpy(), crs)


def make_mapped_area(boundaries: np.ndarray, crs: str) -> MappedArea:
    """Return the mapped area of town boundaries (n,) in degrees. `crs` is the metric CRS.

    >>> area = make_mapped_area(np.array([shapely.box(-90.34, 38.66, -90.28, 38.7)]), "EPSG:26996")
    >>> area.is_far(np.array([shapely.Point(-90.3, 38.75), shapely.Point(-93.3, 37.2), None])).tolist()
    [False, True, False]
    """
    to_metric = Transformer.from_crs(WGS84, crs, always_xy=True)
    metric = shapely.transform(boundaries, to_metric.transform, interleaved=False)
    metric = repair_polygons(metric[np.isfinite(shapely.bounds(metric)).all(axis=1)])
    union = shapely.union_all(metric)
    shapely.prepare(union)
    return MappedArea(union, to_metric)


def is_far_from_towns(geometry: shapely.Geometry, reader: Reader) -> bool:
    """Return whether a geometry in degrees is far from every loaded town boundary. False without boundaries.

    It reads the boundaries nearby only.
    """
    crs = reader.settings().get("crs")
    if crs is None or reader.layer_extent("municipalities") is None:
        return False
    towns = reader.query("municipalities", Query(bbox=_widen(Bbox(*geometry.bounds))), actor=PUBLIC)
    boundaries = [shapely.from_wkb(town.wkb) for town in towns if town.wkb is not None]
    return not boundaries or bool(make_mapped_area(np.array(boundaries), crs).is_far(np.array([geometry]))[0])


def _widen(bbox: Bbox) -> Bbox:
    """Return a bounding box with a margin of at least `FAR_FROM_TOWNS_M` on all sides."""
    lat_margin = FAR_FROM_TOWNS_M / MIN_DEGREE_M
    lon_margin = lat_margin / max(cos(radians(max(abs(bbox.south), abs(bbox.north)) + lat_margin)), 0.01)
    return Bbox(bbox.west - lon_margin, bbox.south - lat_margin, bbox.east + lon_margin, bbox.north + lat_margin)


def find_far_records(reader: Reader, layer: str, area: MappedArea | None) -> FarRecords:
    """Find the records of a layer that are far from every town, and the bounding box of the others.

    Without boundaries no record is far.
    """
    extent = reader.layer_extent(layer)
    if area is None or extent is None:
        return FarRecords((), is_complete=True, near_bbox=_round_outward(extent))
    far_ids: set[str] = set()
    for records in _records_that_may_be_far(reader, layer, extent, area):
        geometries = shapely.from_wkb(np.array([record.wkb for record in records], dtype=object))
        far_ids |= {records[row].id for row in np.flatnonzero(area.is_far(geometries)).tolist()}
        if len(far_ids) > MAX_FAR_RECORDS:
            break
    near_bbox = reader.layer_extent(layer, area.bbox) if far_ids else extent
    is_complete = len(far_ids) <= MAX_FAR_RECORDS
    return FarRecords(tuple(sorted(far_ids)[:MAX_FAR_RECORDS]), is_complete, _round_outward(near_bbox))


def _records_that_may_be_far(reader: Reader, layer: str, extent: Bbox, area: MappedArea) -> Iterator[list[Record]]:
    """Iterate over the records outside the area or near its edge, in lists. A record may come twice.

    Bounding boxes inside the area are left out unread. Others are divided until they hold few records.
    """
    remaining = [extent]
    while remaining:
        bbox = remaining.pop()
        if area.contains(bbox) or not (count := reader.count_in_bbox(layer, bbox, MAX_RECORDS_READ + 1)):
            continue
        if count <= MAX_RECORDS_READ or bbox.east - bbox.west < MIN_CELL_DEG:
            yield list(reader.query(layer, Query(bbox=bbox), actor=PUBLIC))
        else:
            remaining += _quarters(bbox)


def _round_outward(bbox: Bbox | None) -> Bbox | None:
    """Return a bounding box with `BBOX_DECIMALS` decimals that contains the given one.

    >>> _round_outward(Bbox(-90.377273559, 38.649108886, -90.227409362, 38.748012542))
    Bbox(west=-90.37728, south=38.6491, east=-90.2274, north=38.74802)
    """
    if bbox is None:
        return None
    scale = 10**BBOX_DECIMALS
    west, south = (floor(side * scale) / scale for side in bbox[:2])
    east, north = (ceil(side * scale) / scale for side in bbox[2:])
    return Bbox(west, south, east, north)


def _quarters(bbox: Bbox) -> list[Bbox]:
    """Return the four quarters of a bounding box.

    >>> _quarters(Bbox(0, 0, 4, 2))[0]
    Bbox(west=0, south=0, east=2.0, north=1.0)
    """
    lon, lat = (bbox.west + bbox.east) / 2, (bbox.south + bbox.north) / 2
    return [
        Bbox(bbox.west, bbox.south, lon, lat),
        Bbox(lon, bbox.south, bbox.east, lat),
        Bbox(bbox.west, lat, lon, bbox.north),
        Bbox(lon, lat, bbox.east, bbox.north),
    ]
